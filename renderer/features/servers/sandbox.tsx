import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Sandbox, SandboxSupport, ServerView } from '../../../electron/shared/index.ts';
import { explainError } from '../../bridge/client.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { TextArea } from '../../ui/field.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { OptionList } from '../../ui/option-list.tsx';
import { LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { describeHold, foldersOf } from './sandbox-words.ts';
import './launch.css';

/** What a program may reach: everything its user may, or only what is listed here. */
export function SandboxPanel({ server }: { server: ServerView }) {
  const bridge = useBridge();
  const query = useQuery({
    queryKey: ['launch.sandbox', server.id],
    queryFn: () => bridge.call('launch.sandbox', { id: server.id }),
  });
  if (query.isError && !query.data) {
    const { message, fix } = explainError(query.error);
    return (
      <LoadError
        title="The sandbox could not be read"
        detail={`${message} ${fix}`.trim()}
        stillWorks="The server runs as before."
        onRetry={() => void query.refetch()}
      />
    );
  }
  if (!query.data) return <Skeleton label="Loading sandbox" />;
  const { sandbox, support } = query.data;
  return (
    <div className="secs">
      <Support support={support} isWanted={sandbox !== null} onRetry={() => void query.refetch()} />
      {server.managed ? (
        <p className="t2">This server is declared in a file and runs without a sandbox.</p>
      ) : (
        <SandboxForm
          key={JSON.stringify(sandbox)}
          server={server}
          sandbox={sandbox}
          canHold={support.available}
          kind={support.available ? support.kind : null}
        />
      )}
    </div>
  );
}

function Support({ support, isWanted, onRetry }: { support: SandboxSupport; isWanted: boolean; onRetry: () => void }) {
  if (support.available) {
    const name = support.kind === 'bubblewrap' ? `bubblewrap ${support.version}` : 'sandbox-exec of macOS';
    return (
      <p className="t2">
        {isWanted ? 'It runs held by' : 'It runs without a sandbox. This computer can make one with'}{' '}
        {makeVisibleLine(name)}, tried just now.
      </p>
    );
  }
  return (
    <div className="launch-missing" role="status">
      <p>
        <b>No sandbox here.</b> {makeVisibleLine(support.reason)} {support.fix}
      </p>
      {isWanted && <p>This server is to run in one, so it does not start until there is one.</p>}
      {support.fix !== '' && (
        <Button small onClick={onRetry}>
          Look again
        </Button>
      )}
    </div>
  );
}

interface SandboxFormProps {
  server: ServerView;
  sandbox: Sandbox | null;
  canHold: boolean;
  kind: 'bubblewrap' | 'sandbox-exec' | null;
}

function SandboxForm({ server, sandbox, canHold, kind }: SandboxFormProps) {
  const bridge = useBridge();
  const client = useQueryClient();
  const toast = useToast();
  const { busy, run, failure } = useCommand({ says: 'here' });
  const undoing = useCommand();
  const [isHeld, setIsHeld] = useState(sandbox !== null);
  const [read, setRead] = useState((sandbox?.read ?? []).join('\n'));
  const [write, setWrite] = useState((sandbox?.write ?? []).join('\n'));
  const [network, setNetwork] = useState(sandbox?.network ?? false);
  const next: Sandbox | null = isHeld ? { network, read: foldersOf(read), write: foldersOf(write) } : null;
  const isChanged = JSON.stringify(next) !== JSON.stringify(sandbox);

  const put = async (value: Sandbox | null): Promise<void> => {
    await bridge.call('launch.setSandbox', { id: server.id, sandbox: value });
    await client.invalidateQueries({ queryKey: ['launch.sandbox', server.id] });
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!(await run(() => put(next)))) return;
    const text = next === null ? `${server.name} runs without a sandbox` : `${server.name} runs in its sandbox`;
    toast({ text, undo: () => void undoing.run(() => put(sandbox)) });
  };
  return (
    <form className="sandbox-form" onSubmit={(event) => void submit(event)}>
      <OptionList
        label="What it may reach"
        value={isHeld ? 'held' : 'free'}
        onChange={(value) => setIsHeld(value === 'held')}
        options={[
          { value: 'free', label: 'Everything you can', detail: 'It runs as you: your files, your keys, the network.' },
          {
            value: 'held',
            label: 'Only what is listed',
            detail: canHold ? 'Your home is hidden from it.' : 'It will not start here, as no sandbox can be made.',
          },
        ]}
      />
      {isHeld && (
        <>
          <TextArea
            label="Folders it may read, one a line"
            mono
            value={read}
            placeholder="~/Documents"
            onChange={setRead}
          />
          <TextArea
            label="Folders it may read and change, one a line"
            mono
            value={write}
            placeholder="~/Projects/site"
            onChange={setWrite}
          />
          <label className="launch-check">
            <input type="checkbox" checked={network} onChange={(event) => setNetwork(event.target.checked)} />
            <span>It may use the network, services on this computer included</span>
          </label>
        </>
      )}
      {next !== null && (
        <section>
          <div className="lab">What that means</div>
          <ul className="launch-warnings">
            {describeHold(next, kind).map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </section>
      )}
      <div className="hs">
        <Button type="submit" variant="primary" busy={busy} disabled={!isChanged}>
          Save sandbox
        </Button>
        <span className="t3 f12">A running server is restarted.</span>
      </div>
      <FormFailure text={failure} />
    </form>
  );
}
