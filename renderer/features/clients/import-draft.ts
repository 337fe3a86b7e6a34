import type { BridgeParams, BridgeResult, FoundServer } from '../../../electron/shared/index.ts';
import type { ClientChoice } from './client-picker.tsx';

/** What the person chose of what was found. */
export interface ImportDraft {
  /** Keys of the servers that are taken. */
  taken: ReadonlySet<string>;
  /** References typed for secrets: server's key → place and name → reference. */
  references: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export function canImport(server: FoundServer): boolean {
  return server.problems.length === 0 && server.existing === null;
}

/** Everything that can be taken is. */
export function startDraft(servers: readonly FoundServer[]): ImportDraft {
  return { taken: new Set(servers.filter(canImport).map(({ key }) => key)), references: {} };
}

/** What the import sends; with a vault, secrets whose value is in the file go there unless a reference was typed. */
export function makePicks(
  choice: ClientChoice,
  found: BridgeResult<'clients.read'>,
  draft: ImportDraft,
  hasVault: boolean,
): BridgeParams<'clients.import'> {
  const picks = found.servers
    .filter((server) => draft.taken.has(server.key) && canImport(server))
    .map((server) => {
      const typed = draft.references[server.key] ?? {};
      const references = server.secrets.flatMap(({ place, name, from, reference }) => {
        const member = `${place}.${name}`;
        const given = typed[member] ?? (from === 'value' && hasVault ? '' : reference);
        return given.trim() === '' ? [] : [[member, given.trim()] as const];
      });
      return {
        ...{ key: server.key, id: server.suggestedId, name: server.name.slice(0, 60) },
        references: Object.fromEntries(references),
      };
    });
  const hashes = Object.fromEntries(found.files.map(({ file, hash }) => [file, hash]));
  return { ...choice, hashes, picks };
}
