import { createHash } from 'node:crypto';
import path from 'node:path';
import type { ConnectPreview } from '../../shared/index.ts';
import { BridgeFault } from '../faults.ts';
import { type ClientFile, chooseFile, findClient, readClientFile, requireProject } from './client-files.ts';
import type { ClientKind } from './client-table.ts';
import { type ConfigText, refuse, requireWritable } from './config-file.ts';
import type { ClientWorld } from './contract.ts';
import { editConfig } from './edit-config.ts';
import { findExisting } from './import-servers.ts';
import { type EntryTarget, entryName, makeEntry } from './make-entry.ts';
import { findServersKey, isPlain, type Plain, valueAt } from './parse-config.ts';
import { previewLines } from './preview-lines.ts';
import { type FoundEntry, isOwnEntry } from './read-servers.ts';

export interface ConnectChoice {
  clientId: string;
  project: string | null;
  takeOut: readonly string[];
}

/** A file that was read and can be edited, and where the entry goes. */
export interface ConnectPlan {
  kind: ClientKind;
  file: ClientFile;
  config: ConfigText;
  entries: FoundEntry[];
  /** Names from the root to ScopeGate's entry. */
  at: readonly string[];
  replaces: boolean;
  remove: readonly (readonly string[])[];
  mode: 'http' | 'stdio';
}

/** Stands where the token will; the real one exists only once the person has said yes. */
const shownToken = '•••';

/** Throws `BridgeFault` where the file cannot be read, edited or written: everything that can be known before. */
export async function planConnect(world: ClientWorld, choice: ConnectChoice): Promise<ConnectPlan> {
  await requireProject(choice.project);
  const kind = findClient(choice.clientId);
  const file = await chooseFile(kind, world.places, choice.project);
  const { config, value, entries } = await readClientFile(kind, file, world.places);
  await requireWritable(config);
  const key = findServersKey(value, file.place.keys);
  const own = entries.find((entry) => entry.group === null && isOwnEntry(entry, world.mcpUrl()));
  const at = own?.at ?? [...key, freeName(valueAt(value, key))];
  const remove = choice.takeOut.map((wanted) => {
    const entry = entries.find((candidate) => candidate.key === wanted);
    if (!entry) throw new BridgeFault('stale', `${file.file} changed after it was shown.`, 'Look at it again.');
    return entry.at;
  });
  const mode = (file.place.dialect ?? kind.dialect).remote === null ? 'stdio' : 'http';
  return { kind, file, config, entries, at, replaces: own !== undefined, remove, mode };
}

/** The whole new text of the file. Throws `BridgeFault` where it cannot be edited safely. */
export function editPlan(plan: ConnectPlan, target: EntryTarget): string {
  const dialect = plan.file.place.dialect ?? plan.kind.dialect;
  const after = editConfig(plan.file.place.format, plan.config.text, {
    remove: plan.remove,
    set: { at: plan.at, value: makeEntry(dialect, target) },
  });
  if (after === null)
    throw refuse(plan.file.file, 'it is written in a way that cannot be changed safely', 'Add the entry by hand.');
  return after;
}

export async function previewConnect(world: ClientWorld, choice: ConnectChoice): Promise<ConnectPreview> {
  const plan = await planConnect(world, choice);
  const url = requireUrl(world);
  const target: EntryTarget =
    plan.mode === 'http'
      ? { mode: 'http', url, token: shownToken }
      : { mode: 'stdio', ...helperEntry(world, url, tokenFileOf(world, 'new')) };
  const after = editPlan(plan, target);
  const { file, target: linkTarget, hash } = plan.config;
  return {
    ...{ file, hash, mode: plan.mode, replaces: plan.replaces },
    linkTarget: linkTarget === file ? null : linkTarget,
    lines: previewLines(plan.config.text, after),
    notes: noteFor(world, plan),
    routed: plan.entries.flatMap((entry) => {
      const server = findExisting(world, entry.transport);
      return server === null || entry.isOff || isOwnEntry(entry, world.mcpUrl())
        ? []
        : [{ key: entry.key, name: entry.name, server: server.name }];
    }),
  };
}

function noteFor(world: ClientWorld, plan: ConnectPlan): string[] {
  const notes: string[] = [];
  const { config, kind, mode } = plan;
  if (config.target !== config.file) notes.push(`The file is a link to ${config.target}, which is what is written.`);
  const isOpenToOthers = config.bytes !== null && world.places.platform !== 'win32' && (config.mode & 0o044) !== 0;
  if (mode === 'http' && isOpenToOthers)
    notes.push('Other users of this computer can read this file, and with it the token.');
  if (plan.file.place.scope === 'project' && mode === 'http')
    notes.push('The file lies in a project and will hold a token: keep it out of version control.');
  if (mode === 'stdio' && !world.helper.isInstalled)
    notes.push('The command “scopegate” must be on the search path of this client.');
  if (kind.id === 'claude-code' && plan.file.place.scope === 'user')
    notes.push('Claude Code writes this file too while it runs. If the entry is gone later, connect again.');
  return notes;
}

/** Throws `BridgeFault` while nothing listens: an address that does not work must not be written down. */
export function requireUrl(world: ClientWorld): string {
  const url = world.mcpUrl();
  if (url !== null) return url;
  throw new BridgeFault('unavailable', 'ScopeGate is not listening for agents.', 'Mend that first, then connect.');
}

/** No argument has a blank in it: some clients pass such arguments on in pieces. */
export function helperEntry(world: ClientWorld, url: string, tokenFile: string) {
  return {
    command: world.helper.command,
    args: [...world.helper.args, 'connect', '--url', url, '--token-file', tokenFile],
  };
}

/** In the data folder, or in the home folder where the data folder's path has a blank. */
export function tokenFileOf(world: ClientWorld, agentId: string): string {
  const name = createHash('sha256').update(agentId).digest('hex').slice(0, 12);
  const usual = path.join(world.dataDir, 'agent-tokens', name);
  return /\s/.test(usual) ? path.join(world.places.home, '.scopegate', name) : usual;
}

/** Not the name of a server that is somebody else's. */
function freeName(servers: unknown): string {
  const taken: Plain = isPlain(servers) ? servers : {};
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? entryName : `${entryName}-${count}`;
    if (!Object.hasOwn(taken, name)) return name;
  }
}
