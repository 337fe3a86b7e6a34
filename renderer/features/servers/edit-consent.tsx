import { useQuery } from '@tanstack/react-query';
import type { LaunchView, ServerView, Transport } from '../../../electron/shared/index.ts';
import { explainError } from '../../bridge/client.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { KvList } from '../../ui/kv-list.tsx';
import { LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { RawText } from '../../ui/raw-text.tsx';
import { useCommand } from '../../ui/use-command.ts';
import './launch.css';

/** What the engine says would run; asked anew for every transport that is shown. */
function useLaunch(id: string | null, transport: Transport) {
  const bridge = useBridge();
  return useQuery({
    queryKey: ['launch.describe', id, transport],
    queryFn: () => bridge.call('launch.describe', { id, transport }),
    gcTime: 0,
    retry: false,
  });
}

interface ConsentDialogProps {
  /** Null: a new one. */
  server: ServerView | null;
  name: string;
  transport: Transport;
  /** `hash` stands for exactly what was shown. */
  onConfirm: (hash: string) => void;
  onCancel: () => void;
}

/** Before another command or address is saved: what runs now, what will run, and a button that says so. */
export function ConsentDialog({ server, name, transport, onConfirm, onCancel }: ConsentDialogProps) {
  const query = useLaunch(server?.id ?? null, transport);
  const isRemote = transport.kind === 'http';
  return (
    <Dialog
      open
      onClose={onCancel}
      title={isRemote ? `Send calls of ${name} there?` : `Let ${name} run this?`}
      description="Nothing is saved or started before you confirm."
      footer={
        <>
          <span className="grow" />
          <Button onClick={onCancel}>Go back</Button>
          <Button variant="primary" disabled={!query.data} onClick={() => query.data && onConfirm(query.data.hash)}>
            {isRemote ? 'Use this address' : 'Run this from now on'}
          </Button>
        </>
      }
    >
      <LaunchState query={query} transport={transport} />
      {server && (
        <section>
          <div className="lab">Until now</div>
          <LaunchWords transport={server.transport} />
        </section>
      )}
    </Dialog>
  );
}

/** A stored server that nobody accepted as it is: shows it, and starts it only after a press. */
export function AcceptLaunch({ server }: { server: ServerView }) {
  const bridge = useBridge();
  const query = useLaunch(server.id, server.transport);
  const { busy, run } = useCommand();
  const accept = (hash: string): void => void run(() => bridge.call('launch.accept', { id: server.id, hash }));
  return (
    <div className="secs">
      <p>
        What this server runs was not added or confirmed by you on this computer, or it was changed outside ScopeGate.
        It has not been started. Accept it only if you know it.
      </p>
      <LaunchState query={query} transport={server.transport} />
      <div>
        <Button
          variant="primary"
          busy={busy}
          disabled={!query.data}
          onClick={() => query.data && accept(query.data.hash)}
        >
          Accept and start
        </Button>
      </div>
    </div>
  );
}

/** What a new server would run, before it is added. */
export function LaunchPreview({ transport }: { transport: Transport }) {
  return <LaunchState query={useLaunch(null, transport)} transport={transport} />;
}

function LaunchState({ query, transport }: { query: ReturnType<typeof useLaunch>; transport: Transport }) {
  if (query.isError) {
    const { message, fix } = explainError(query.error);
    return (
      <LoadError
        title="What would run could not be found out"
        detail={`${message} ${fix}`.trim()}
        stillWorks="Nothing was saved or started."
        onRetry={() => void query.refetch()}
      />
    );
  }
  if (!query.data) return <Skeleton label="Looking what would run" />;
  return (
    <>
      <LaunchWords transport={transport} launch={query.data} />
      <ul className="launch-warnings">
        {query.data.warnings.map((warning) => (
          <li key={warning}>
            <RawText text={warning} />
          </li>
        ))}
      </ul>
    </>
  );
}

/** Word by word, so that a space or a quote cannot make one argument look like two. */
function LaunchWords({ transport, launch }: { transport: Transport; launch?: LaunchView }) {
  if (transport.kind === 'http') {
    const headers = Object.keys(transport.headers);
    return (
      <KvList
        items={[
          ['Address', <RawText key="a" text={transport.url} />],
          ['Headers', listNames(headers)],
        ]}
      />
    );
  }
  const words = [transport.command, ...transport.args].map((text, index) => ({ key: `${index} ${text}`, text }));
  return (
    <div className="launch-words">
      <p className="launch-line">
        {words.map(({ key, text }) => (
          <code key={key} className="tok">
            {text === '' ? '(empty)' : <RawText text={text} />}
          </code>
        ))}
      </p>
      <KvList
        items={[
          ['Program', launch === undefined ? null : launch.program && <RawText text={launch.program} />],
          ['Folder', transport.cwd && <RawText text={transport.cwd} />],
          ['Variables', listNames(Object.keys(transport.env))],
        ]}
      />
    </div>
  );
}

function listNames(names: readonly string[]) {
  return names.length === 0 ? null : <RawText text={names.join(', ')} />;
}
