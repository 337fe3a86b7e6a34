import type { BridgeResult, FoundSecretView, FoundServer } from '../../../electron/shared/index.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { TextField } from '../../ui/field.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { canImport, type ImportDraft } from './import-draft.ts';

interface FoundListProps {
  found: BridgeResult<'clients.read'>;
  draft: ImportDraft;
  hasVault: boolean;
  /** What went wrong with single servers, by key. */
  failures: ReadonlyMap<string, string>;
  onChange: (draft: ImportDraft) => void;
}

/** What a client has, with a box for each server that can be taken. */
export function FoundList({ found, draft, hasVault, failures, onChange }: FoundListProps) {
  const faults = found.files.filter(({ state }) => state === 'fault');
  const read = found.files.filter(({ state }) => state === 'read');
  const toggle = (server: FoundServer) => {
    const taken = new Set(draft.taken);
    if (!taken.delete(server.key)) taken.add(server.key);
    onChange({ ...draft, taken });
  };
  return (
    <div className="found">
      {faults.map(({ file, fault }) => (
        <StateWord key={file} tone="fault" icon="fault" word={fault} />
      ))}
      {found.servers.length === 0 && faults.length === 0 && (
        <p className="t2">
          {read.length === 0 ? 'It has no settings file yet' : 'No server stands in its settings'}, so there is nothing
          to import.
        </p>
      )}
      <ul className="found-rows">
        {found.servers.map((server) => (
          <li key={server.key}>
            <FoundRow
              server={server}
              isTaken={draft.taken.has(server.key)}
              failure={failures.get(server.key) ?? null}
              onToggle={() => toggle(server)}
            />
            {canImport(server) && draft.taken.has(server.key) && (
              <Secrets server={server} draft={draft} hasVault={hasVault} onChange={onChange} />
            )}
          </li>
        ))}
      </ul>
      {found.own > 0 && <p className="t3 f12">ScopeGate’s own entry is left out.</p>}
    </div>
  );
}

interface FoundRowProps {
  server: FoundServer;
  isTaken: boolean;
  failure: string | null;
  onToggle: () => void;
}

function FoundRow({ server, isTaken, failure, onToggle }: FoundRowProps) {
  const why = server.existing === null ? server.problems[0] : `ScopeGate has it already, as ${server.existing}.`;
  return (
    <label className="found-row" data-off={!canImport(server) || undefined}>
      <input
        type="checkbox"
        aria-label={`Import ${makeVisibleLine(server.name)}`}
        checked={isTaken}
        disabled={!canImport(server)}
        onChange={onToggle}
      />
      <span className="found-text">
        <span>
          <b>{makeVisibleLine(server.name)}</b>{' '}
          {server.isOff && <span className="t3 f12">switched off there, stays off </span>}
          {server.group !== null && <span className="t3 f12">in {makeVisibleLine(server.group)}</span>}
        </span>
        <code className="client-file">{makeVisibleLine(server.target)}</code>
        {why !== undefined && <span className="t2 f12">{why}</span>}
        {server.notes.map((note) => (
          <span key={note} className="t2 f12">
            {note}
          </span>
        ))}
        {failure !== null && <StateWord tone="fault" icon="fault" word={failure} />}
      </span>
    </label>
  );
}

interface SecretsProps {
  server: FoundServer;
  draft: ImportDraft;
  hasVault: boolean;
  onChange: (draft: ImportDraft) => void;
}

/** Where each secret comes from after the import. */
function Secrets({ server, draft, hasVault, onChange }: SecretsProps) {
  const typed = draft.references[server.key] ?? {};
  const kept = server.secrets.filter(({ from }) => from === 'value' && hasVault);
  const asked = server.secrets.filter((secret) => !kept.includes(secret));
  if (server.secrets.length === 0) return null;
  return (
    <div className="found-secrets">
      {kept.length > 0 && <p className="t2 f12">{listNames(kept)} will be kept in the vault.</p>}
      {asked.map((secret) => {
        const member = `${secret.place}.${secret.name}`;
        const set = (value: string) =>
          onChange({
            ...draft,
            references: { ...draft.references, [server.key]: { ...typed, [member]: value } },
          });
        return (
          <TextField
            key={member}
            mono
            label={`${secret.name} comes from`}
            value={typed[member] ?? secret.reference}
            hint={hintFor(secret)}
            onChange={set}
          />
        );
      })}
    </div>
  );
}

function hintFor(secret: FoundSecretView): string {
  if (secret.from === 'reference') return 'The file names this variable. Set it where ScopeGate is started.';
  const set =
    'No vault is open to keep it. Set this variable where ScopeGate is started, or give file: and a whole path.';
  return secret.why === '' ? set : `${secret.why} ${set}`;
}

function listNames(secrets: readonly FoundSecretView[]): string {
  return secrets.map(({ name }) => name).join(', ');
}
