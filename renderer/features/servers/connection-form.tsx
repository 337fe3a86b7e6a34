import { TextArea, TextField } from '../../ui/field.tsx';
import { KeyValueEditor } from '../../ui/key-value-editor.tsx';
import { Segment, type SegmentOption } from '../../ui/segment.tsx';
import type { ConnectionDraft, ConnectionErrors, ConnectionMode } from './connection-draft.ts';
import { joinCommandLine, splitCommandLine } from './split-command.ts';

const modes: readonly SegmentOption<ConnectionMode>[] = [
  { value: 'line', label: 'Command line', hint: 'Paste one line' },
  { value: 'fields', label: 'Command in fields', hint: 'Program and arguments one by one' },
  { value: 'url', label: 'URL', hint: 'A server that already runs and speaks HTTP' },
];

const secretHint = 'A secret is never stored: write env:NAME or file:PATH and it is read when the server starts.';
const headerHint =
  'A secret is never stored: write env:NAME or file:PATH, which gives the whole value (“Bearer …” too).';

interface ConnectionFormProps {
  draft: ConnectionDraft;
  errors: ConnectionErrors;
  onChange: (draft: ConnectionDraft) => void;
}

/** How a server is reached: by a command ScopeGate starts, or by a URL. */
export function ConnectionForm({ draft, errors, onChange }: ConnectionFormProps) {
  const set = (part: Partial<ConnectionDraft>): void => onChange({ ...draft, ...part });
  const setMode = (mode: ConnectionMode): void => set({ mode, ...carryOver(draft, mode) });
  return (
    <div className="conn">
      <div>
        <Segment label="How the server is reached" value={draft.mode} options={modes} onChange={setMode} />
      </div>
      {draft.mode === 'line' && (
        <LineField draft={draft} error={errors.line ?? null} onChange={(line) => set({ line })} />
      )}
      {draft.mode === 'fields' && (
        <>
          <TextField
            label="Program"
            mono
            placeholder="npx"
            value={draft.command}
            error={errors.command ?? null}
            onChange={(command) => set({ command })}
          />
          <TextArea
            label="Arguments, one a line"
            mono
            value={draft.args}
            placeholder={'-y\n@modelcontextprotocol/server-filesystem'}
            onChange={(args) => set({ args })}
          />
        </>
      )}
      {draft.mode === 'url' ? (
        <>
          <TextField
            label="URL"
            mono
            inputMode="url"
            placeholder="https://example.com/mcp"
            value={draft.url}
            error={errors.url ?? null}
            onChange={(url) => set({ url })}
          />
          <KeyValueEditor
            noun="Header"
            legend="Headers"
            hint={headerHint}
            rows={draft.headers}
            errors={errors.rows}
            onChange={(headers) => set({ headers })}
          />
        </>
      ) : (
        <>
          <TextField
            label="Folder it starts in"
            mono
            placeholder="Your home folder"
            value={draft.cwd}
            error={errors.cwd ?? null}
            onChange={(cwd) => set({ cwd })}
          />
          <KeyValueEditor
            noun="Variable"
            legend="Environment variables"
            hint={secretHint}
            rows={draft.env}
            errors={errors.rows}
            onChange={(env) => set({ env })}
          />
        </>
      )}
    </div>
  );
}

interface LineFieldProps {
  draft: ConnectionDraft;
  error: string | null;
  onChange: (line: string) => void;
}

function LineField({ draft, error, onChange }: LineFieldProps) {
  const split = splitCommandLine(draft.line);
  return (
    <div className="conn-line">
      <TextField
        label="Command"
        mono
        placeholder="npx -y @modelcontextprotocol/server-memory"
        value={draft.line}
        error={error}
        onChange={onChange}
      />
      {draft.line.trim() !== '' && (
        <p className="conn-parts" aria-live="polite">
          {split.ok ? (
            <>
              <span className="t3">Starts</span>
              {Object.entries(split.parts.env).map(([name, value]) => (
                <code key={name} className="tok">
                  <i>{name}=</i>
                  {value}
                </code>
              ))}
              {numbered([split.parts.command, ...split.parts.args]).map(({ key, text }) => (
                <code key={key} className="tok">
                  {text === '' ? '(empty)' : text}
                </code>
              ))}
            </>
          ) : (
            error === null && <span className="t3">{split.message}</span>
          )}
        </p>
      )}
    </div>
  );
}

/** Words with a key of their own, as the same word may stand twice. */
function numbered(words: readonly string[]): { key: string; text: string }[] {
  return words.map((text, index) => ({ key: `${index} ${text}`, text }));
}

/** Takes what was typed in one command mode along to the other. */
function carryOver(draft: ConnectionDraft, mode: ConnectionMode): Partial<ConnectionDraft> {
  if (draft.mode === 'line' && mode === 'fields') {
    const split = splitCommandLine(draft.line);
    if (!split.ok) return {};
    const fromLine = Object.entries(split.parts.env).map(([name, value]) => ({ id: crypto.randomUUID(), name, value }));
    return { command: split.parts.command, args: split.parts.args.join('\n'), env: [...draft.env, ...fromLine] };
  }
  if (draft.mode === 'fields' && mode === 'line' && draft.command.trim() !== '') {
    const args = draft.args.split('\n').filter((arg) => arg !== '');
    return { line: joinCommandLine(draft.command.trim(), args) };
  }
  return {};
}
