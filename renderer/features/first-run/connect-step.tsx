import type { AgentView, ClientView } from '../../../electron/shared/index.ts';
import { useEngineStore } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { type ClientChoice, ClientPicker } from '../clients/client-picker.tsx';
import { ConnectChange, ConnectedState } from '../clients/connect-parts.tsx';
import { freeAgentName, useConnect } from '../clients/use-connect.ts';
import { StepFrame } from './step-frame.tsx';

interface ConnectStepProps {
  clients: readonly ClientView[];
  choice: ClientChoice | null;
  onChoice: (choice: ClientChoice) => void;
  onConnected: (agent: AgentView | null) => void;
  onNext: () => void;
  onBack: (() => void) | null;
}

/** See what is written into the client's file, write it, go on while the client starts. */
export function ConnectStep({ clients, choice, onChoice, onConnected, onNext, onBack }: ConnectStepProps) {
  const names = useEngineStore((state) => state.agents).map(({ name }) => name);
  const handle = useConnect(choice);
  const client = clients.find(({ id }) => id === choice?.clientId);
  const isDone = handle.connected !== null;
  const connect = async () => {
    if (client === undefined || choice === null) return;
    // what is suggested changes with what is connected
    onChoice(choice);
    const made = await handle.connect(freeAgentName(client.name, names), 'ask');
    if (made !== null) onConnected(made.agent);
  };
  const name = client?.name ?? 'an agent';
  return (
    <StepFrame
      title={isDone ? `${name} is set up` : 'Connect an agent'}
      about={
        isDone
          ? 'Its calls come here from now on. Until you choose a start, every call asks you.'
          : 'ScopeGate writes one entry into the settings of the client. Below is every line that changes; the rest stays as it is.'
      }
      skip={
        isDone ? null : (
          <Button variant="ghost" onClick={onNext}>
            Skip
          </Button>
        )
      }
      footer={
        isDone ? (
          <Button variant="primary" onClick={onNext}>
            Continue
          </Button>
        ) : (
          <>
            {onBack !== null && <Button onClick={onBack}>Back</Button>}
            <Button
              variant="primary"
              busy={handle.busy}
              disabled={handle.preview === undefined || handle.refusal !== null}
              onClick={() => void connect()}
            >
              Connect {name}
            </Button>
          </>
        )
      }
    >
      {isDone && client ? (
        <ConnectedState client={client} handle={handle} />
      ) : (
        <>
          <ClientPicker
            label="Client"
            clients={clients}
            choice={choice}
            onChange={(next) => {
              handle.setTakeOut(null);
              onChoice(next);
            }}
          />
          {client && choice?.project !== '' && <ConnectChange client={client} handle={handle} />}
        </>
      )}
      <FormFailure text={handle.failure} />
    </StepFrame>
  );
}
