import { useEffect, useRef, useState } from 'react';
import type { ServerView } from '../../../electron/shared/index.ts';
import { countOf } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { type ClientChoice, ClientPicker, isReady, suggestClient } from './client-picker.tsx';
import { FoundList } from './found-list.tsx';
import { useClients } from './use-clients.ts';
import { useImport } from './use-import.ts';

interface ImportDialogProps {
  /** Where to look at once; null: the person chooses. */
  start: ClientChoice | null;
  /** Shows the first of the new servers, which waits for its review. */
  onReview: (server: ServerView) => void;
  onClose: () => void;
}

/** Takes servers over from a client that is installed. They stay hidden from agents until they are reviewed. */
export function ImportDialog({ start, onReview, onClose }: ImportDialogProps) {
  const { data, error, retry } = useClients();
  const [choice, setChoice] = useState<ClientChoice | null>(start);
  const chosen = choice ?? (data ? suggestClient(data.clients) : null);
  const handle = useImport(chosen, data?.hasVault ?? false);
  const [isDone, setDone] = useState(false);
  const { look } = handle;
  const looks = useRef(start !== null);
  useEffect(() => {
    if (!looks.current) return;
    looks.current = false;
    void look();
  });
  const name = data?.clients.find(({ id }) => id === chosen?.clientId)?.name ?? 'the client';
  const first = handle.added[0];

  return (
    <Dialog
      open
      onClose={onClose}
      title={isDone ? `${countOf(handle.added.length, 'server')} added` : 'Import from an installed client'}
      {...(isDone
        ? {}
        : {
            description: 'ScopeGate reads a client’s settings only once you have chosen it. It changes nothing there.',
          })}
      footer={
        <>
          {handle.found !== null && !isDone && start === null && <Button onClick={handle.leave}>Back</Button>}
          <span className="grow" />
          <Button onClick={onClose}>{isDone ? 'Close' : 'Cancel'}</Button>
          {isDone && first !== undefined && (
            <Button variant="primary" onClick={() => onReview(first)}>
              Review tools
            </Button>
          )}
          {!isDone && handle.found === null && (
            <Button variant="primary" busy={handle.busy} disabled={!isReady(chosen)} onClick={() => void handle.look()}>
              Look into {name}
            </Button>
          )}
          {!isDone && handle.found !== null && (
            <Button
              variant="primary"
              busy={handle.busy}
              disabled={handle.draft.taken.size === 0}
              onClick={() => void handle.take().then((isWhole) => isWhole && setDone(true))}
            >
              Import {countOf(handle.draft.taken.size, 'server')}
            </Button>
          )}
        </>
      }
    >
      {isDone ? (
        <p>
          Agents do not see them until you have reviewed their tools. {name} still starts them itself as well: connect
          it to take them out of its settings.
        </p>
      ) : handle.found !== null ? (
        <FoundList
          found={handle.found}
          draft={handle.draft}
          hasVault={data?.hasVault ?? false}
          failures={handle.failures}
          onChange={handle.change}
        />
      ) : data ? (
        <ClientPicker label="Client" clients={data.clients} choice={chosen} onChange={setChoice} />
      ) : error ? (
        <LoadError
          title="The clients could not be listed"
          detail={`${error.message} ${error.fix}`}
          stillWorks="Servers can be added by hand."
          onRetry={retry}
        />
      ) : (
        <Skeleton label="Looking for clients" />
      )}
      <FormFailure text={handle.failure} />
    </Dialog>
  );
}
