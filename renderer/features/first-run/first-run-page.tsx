import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { AgentView } from '../../../electron/shared/index.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Icon } from '../../ui/icon.tsx';
import { LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { type ClientChoice, suggestClient } from '../clients/client-picker.tsx';
import { useClients } from '../clients/use-clients.ts';
import { ConnectStep } from './connect-step.tsx';
import { ImportStep } from './import-step.tsx';
import { StartStep } from './start-step.tsx';
import { TryStep } from './try-step.tsx';
import { VaultStep } from './vault-step.tsx';
import './first-run.css';

const steps = ['Protect secrets', 'Import servers', 'Connect an agent', 'Choose a start'] as const;

/** Four steps from nothing to a governed call; each can be left out, and all can be gone through again. */
export function FirstRunPage() {
  const bridge = useBridge();
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const { run } = useCommand();
  const { data, error, retry } = useClients();
  // without a vault there is nothing to protect in the first step
  const [step, setStep] = useState<number | null>(null);
  const [choice, setChoice] = useState<ClientChoice | null>(null);
  const [agent, setAgent] = useState<AgentView | null>(null);

  const finish = (to: string) =>
    void run(async () => {
      await bridge.call('setup.finish', {});
      queries.setQueryData(['setup.state'], { isDone: true });
      navigate(to);
    });
  if (data === undefined) {
    return (
      <div className="body pane">
        {error ? (
          <LoadError
            title="The first steps could not be prepared"
            detail={`${error.message} ${error.fix}`}
            stillWorks="Servers and agents can be added on their own pages."
            onRetry={retry}
          />
        ) : (
          <Skeleton label="Looking for clients" />
        )}
      </div>
    );
  }
  const at = step ?? (data.hasVault ? 0 : 1);
  const chosen = choice ?? suggestClient(data.clients);
  const shared = { clients: data.clients, choice: chosen, onChoice: setChoice };
  const next = () => setStep(at + 1);
  const back = at === 0 ? null : () => setStep(at - 1);
  return (
    <div className="body pane first-run">
      <StepList at={at} hasVault={data.hasVault} />
      {at === 0 && <VaultStep hasVault={data.hasVault} onNext={next} />}
      {at === 1 && <ImportStep {...shared} hasVault={data.hasVault} onNext={next} onBack={back} />}
      {at === 2 && <ConnectStep {...shared} onConnected={setAgent} onNext={next} onBack={back} />}
      {at === 3 && <StartStep agent={agent} onNext={next} onBack={back} onSkip={() => finish('/live')} />}
      {at === 4 && <TryStep onBack={back} onFinish={finish} />}
    </div>
  );
}

function StepList({ at, hasVault }: { at: number; hasVault: boolean }) {
  // nothing protects secrets while no vault is open, however far one has gone
  const isDone = (index: number) => index < at && (index > 0 || hasVault);
  return (
    <ol className="steps" aria-label="Steps">
      {steps.map((step, index) => (
        <li key={step} aria-current={index === at ? 'step' : undefined}>
          {isDone(index) ? <Icon name="check" small /> : <span className="step-number">{index + 1}</span>}
          {step}
        </li>
      ))}
    </ol>
  );
}
