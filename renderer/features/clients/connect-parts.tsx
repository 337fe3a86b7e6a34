import type { ClientView } from '../../../electron/shared/index.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { Button } from '../../ui/button.tsx';
import { Skeleton } from '../../ui/placeholder.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { ConfigDiff } from './config-diff.tsx';
import type { ConnectHandle } from './use-connect.ts';

/** What would be written, or why nothing can be. */
export function ConnectChange({ client, handle }: { client: ClientView; handle: ConnectHandle }) {
  const { preview, refusal } = handle;
  if (refusal !== null) {
    return (
      <div role="alert" className="connect-refusal">
        <StateWord tone="fault" icon="fault" word={refusal} />
        <Button icon="refresh" small onClick={handle.look}>
          Look again
        </Button>
      </div>
    );
  }
  if (preview === undefined) return <Skeleton label="Reading the file" />;
  const notes = [client.note, ...preview.notes].filter((note) => note !== '');
  return (
    <>
      {preview.routed.length > 0 && <Routed handle={handle} />}
      <ConfigDiff file={preview.linkTarget ?? preview.file} lines={preview.lines} />
      {notes.map((note) => (
        <p key={note} className="t2 f12">
          {note}
        </p>
      ))}
      <p className="t2 f12">
        {preview.mode === 'http' ? 'The token is put in while writing and never shown. ' : ''}
        {preview.hash === 'absent' ? 'The file is new.' : 'A copy of the file is kept, and Undo puts it back.'}
      </p>
    </>
  );
}

/** Servers that the client would otherwise still start by itself. */
function Routed({ handle }: { handle: ConnectHandle }) {
  const toggle = (key: string) =>
    handle.setTakeOut(
      handle.takeOut.includes(key) ? handle.takeOut.filter((other) => other !== key) : [...handle.takeOut, key],
    );
  return (
    <fieldset className="routed">
      <legend className="fld-label">Take out, because ScopeGate has them now</legend>
      {handle.preview?.routed.map(({ key, name }) => (
        <label key={key} className="found-row">
          <input type="checkbox" checked={handle.takeOut.includes(key)} onChange={() => toggle(key)} />
          <span>{makeVisibleLine(name)}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** After the write: what to do, whether the agent came, and the way back. */
export function ConnectedState({ client, handle }: { client: ClientView; handle: ConnectHandle }) {
  return (
    <div className="connected">
      <p aria-live="polite">
        {handle.isSeen ? (
          <StateWord tone="allow" icon="check" word="Connected" loud />
        ) : (
          <StateWord tone="run" icon="run" word="Waiting for the first request…" />
        )}
      </p>
      <p>{handle.isSeen ? `${client.name} reaches its tools through ScopeGate now.` : client.afterwards}</p>
      <p className="t2 f12">
        Written to <code className="client-file">{handle.connected?.connection.file}</code>
        {handle.connected?.backup != null && (
          <>
            , the copy of before is <code className="client-file">{handle.connected.backup}</code>
          </>
        )}
      </p>
      <div>
        <Button icon="undo" busy={handle.busy} onClick={() => void handle.undo()}>
          Undo
        </Button>
      </div>
    </div>
  );
}
