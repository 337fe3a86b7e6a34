import { type FormEvent, useRef, useState } from 'react';
import type { ServerView, Transport } from '../../../electron/shared/index.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { focusFirstError, TextField } from '../../ui/field.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { KvList } from '../../ui/kv-list.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { AskOptions } from './ask-options.tsx';
import { type ConnectionErrors, draftOf, readConnection } from './connection-draft.ts';
import { ConnectionForm } from './connection-form.tsx';
import { ConsentDialog } from './edit-consent.tsx';
import { joinCommandLine } from './split-command.ts';
import { TestResult } from './test-result.tsx';
import { TrustedOption } from './trusted-option.tsx';
import { useConnectionTest } from './use-connection-test.ts';

interface ConnectionPanelProps {
  server: ServerView;
  isEditing: boolean;
  onEditing: (isEditing: boolean) => void;
}

/** How a server is reached, and what it said about itself; editable unless a file declares it. */
export function ConnectionPanel({ server, isEditing, onEditing }: ConnectionPanelProps) {
  const bridge = useBridge();
  const { busy, run } = useCommand();
  const file = useEngineStore((state) => state.engine?.configFile ?? null);
  if (isEditing && !server.managed) return <EditForm server={server} onDone={() => onEditing(false)} />;
  return (
    <div className="secs">
      {server.managed && (
        <p className="t2">
          Declared in {file === null ? 'the configuration file' : <code>{file}</code>}. Edit the file to change it.
        </p>
      )}
      <KvList items={[...describeTransport(server.transport), ...describeSelf(server)]} />
      <TrustedOption
        trusted={server.trusted}
        disabled={server.managed || busy}
        onChange={(trusted) => void run(() => bridge.call('servers.update', { id: server.id, trusted }))}
      />
      <AskOptions
        asks={server.asks}
        disabled={server.managed || busy}
        onChange={(asks) => void run(() => bridge.call('servers.update', { id: server.id, asks }))}
      />
      {!server.managed && (
        <div>
          <Button onClick={() => onEditing(true)}>Edit connection</Button>
        </div>
      )}
    </div>
  );
}

function describeTransport(transport: Transport) {
  if (transport.kind === 'http') {
    return [
      ['Reached by', 'URL, Streamable HTTP'],
      ['URL', <code key="url">{transport.url}</code>],
      ['Headers', pairs(transport.headers, ': ')],
    ] as const;
  }
  return [
    ['Reached by', 'a command ScopeGate starts, over stdio'],
    ['Command', <code key="command">{joinCommandLine(transport.command, transport.args)}</code>],
    ['Folder', transport.cwd === null ? 'one of its own' : <code key="cwd">{transport.cwd}</code>],
    ['Variables', pairs(transport.env, '=')],
  ] as const;
}

function pairs(record: Readonly<Record<string, string>>, between: string) {
  const entries = Object.entries(record);
  if (entries.length === 0) return <span className="t3">none</span>;
  return entries.map(([name, value]) => (
    <code key={name} className="pair">
      {name}
      {between}
      {value}
    </code>
  ));
}

function describeSelf(server: ServerView) {
  const { serverInfo, protocolVersion } = server;
  return [
    ['Tool names start with', <code key="id">{server.id}__</code>],
    ['Calls itself', serverInfo && makeVisibleLine(`${serverInfo.name} ${serverInfo.version}`)],
    ['Protocol', protocolVersion && makeVisibleLine(protocolVersion)],
    ['Process', server.pid === null ? null : String(server.pid)],
  ] as const;
}

function EditForm({ server, onDone }: { server: ServerView; onDone: () => void }) {
  const bridge = useBridge();
  const toast = useToast();
  const form = useRef<HTMLFormElement>(null);
  const { busy, run, failure } = useCommand({ says: 'here' });
  const undoing = useCommand();
  const testing = useConnectionTest(server.id);
  const [name, setName] = useState(server.name);
  const [draft, setDraft] = useState(() => draftOf(server.transport));
  const [isChecked, setIsChecked] = useState(false);
  const [asked, setAsked] = useState<Transport | null>(null);
  const read = readConnection(draft);
  const test = testing.resultOf(read.ok ? read.transport : null);
  const errors: ConnectionErrors = isChecked && !read.ok ? read.errors : { rows: {} };

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setIsChecked(true);
    if (!read.ok || name.trim() === '') {
      focusFirstError(form.current);
      return;
    }
    if (JSON.stringify(read.transport) === JSON.stringify(server.transport)) await save(read.transport, undefined);
    else setAsked(read.transport);
  };

  /** `consent`: what the person has just confirmed; there where another thing will run. */
  const save = async (transport: Transport, consent: string | undefined): Promise<void> => {
    setAsked(null);
    const after = { id: server.id, name: name.trim(), ...(consent === undefined ? {} : { transport, consent }) };
    const isSaved = await run(() => bridge.call('servers.update', after));
    if (!isSaved) return;
    const undo = (): void => void undoing.run(() => putBack());
    toast({ text: `The connection of ${after.name} is saved`, undo });
    onDone();
  };
  const putBack = async (): Promise<void> => {
    // What ran before was confirmed before.
    const { hash } = await bridge.call('launch.describe', { id: server.id, transport: server.transport });
    const { id, name: oldName, transport } = server;
    await bridge.call('servers.update', { id, name: oldName, transport, consent: hash });
  };

  const runTest = async (): Promise<void> => {
    setIsChecked(true);
    if (read.ok) await testing.run(read.transport);
    else focusFirstError(form.current);
  };

  return (
    <form ref={form} className="secs" onSubmit={(event) => void submit(event)} noValidate>
      <TextField
        label="Name"
        value={name}
        maxLength={60}
        error={isChecked && name.trim() === '' ? 'Give it a name of 1 to 60 characters.' : null}
        onChange={setName}
      />
      <ConnectionForm draft={draft} errors={errors} onChange={setDraft} />
      <div className="hs">
        <Button type="submit" variant="primary" busy={busy}>
          Save connection
        </Button>
        <Button busy={testing.busy} onClick={() => void runTest()}>
          {testing.busy ? 'Testing…' : 'Test'}
        </Button>
        <Button onClick={onDone}>Cancel</Button>
        <span className="t3 f12">A running server is restarted with the next call.</span>
      </div>
      <FormFailure text={failure ?? testing.failure} />
      {test && <TestResult test={test} />}
      {asked && (
        <ConsentDialog
          server={server}
          name={server.name}
          transport={asked}
          onCancel={() => setAsked(null)}
          onConfirm={(hash) => void save(asked, hash)}
        />
      )}
    </form>
  );
}
