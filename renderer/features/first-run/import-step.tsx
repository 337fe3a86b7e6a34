import type { ClientView } from '../../../electron/shared/index.ts';
import { countOf } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { type ClientChoice, ClientPicker, isReady } from '../clients/client-picker.tsx';
import { FoundList } from '../clients/found-list.tsx';
import { useImport } from '../clients/use-import.ts';
import { ReviewNew } from './review-new.tsx';
import { StepFrame } from './step-frame.tsx';

interface ImportStepProps {
  clients: readonly ClientView[];
  choice: ClientChoice | null;
  onChoice: (choice: ClientChoice) => void;
  hasVault: boolean;
  onNext: () => void;
  onBack: (() => void) | null;
}

/** Choose a client, see what it has, take it, accept its tools. */
export function ImportStep(props: ImportStepProps) {
  const { clients, choice, onChoice, hasVault, onNext, onBack } = props;
  const handle = useImport(choice, hasVault);
  const { found, draft, added, busy } = handle;
  const name = clients.find(({ id }) => id === choice?.clientId)?.name ?? 'the client';
  const count = draft.taken.size;
  const look = (): void => {
    if (choice !== null) onChoice(choice);
    void handle.look();
  };
  if (added.length > 0 && handle.failures.size === 0) return <ReviewNew added={added} onNext={onNext} />;
  return (
    <StepFrame
      title="Import servers"
      about={
        found === null
          ? 'ScopeGate takes over the servers your client has, so that their tools are governed. It reads the settings only of the client you choose.'
          : `This stands in the settings of ${name}. Nothing there is changed in this step.`
      }
      skip={
        <Button variant="ghost" onClick={onNext}>
          Skip
        </Button>
      }
      footer={
        <>
          {(found !== null || onBack !== null) && (
            <Button onClick={found === null ? (onBack ?? handle.leave) : handle.leave}>Back</Button>
          )}
          {found === null ? (
            <Button variant="primary" busy={busy} disabled={!isReady(choice)} onClick={look}>
              Look into {name}
            </Button>
          ) : count === 0 ? (
            <Button variant="primary" onClick={onNext}>
              Continue
            </Button>
          ) : (
            <Button variant="primary" busy={busy} onClick={() => void handle.take()}>
              Import {countOf(count, 'server')}
            </Button>
          )}
        </>
      }
    >
      {found === null ? (
        <ClientPicker label="Client" clients={clients} choice={choice} onChange={onChoice} />
      ) : (
        <FoundList
          found={found}
          draft={draft}
          hasVault={hasVault}
          failures={handle.failures}
          onChange={handle.change}
        />
      )}
      <FormFailure text={handle.failure} />
    </StepFrame>
  );
}
