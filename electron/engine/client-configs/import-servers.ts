import type { BridgeParams, BridgeResult, FoundServer } from '../../shared/index.ts';
import { BridgeFault } from '../faults.ts';
import { findClient, listFiles, type ReadClientFile, readClientFile, requireProject } from './client-files.ts';
import type { ClientWorld } from './contract.ts';
import {
  describeTransport,
  type FoundEntry,
  type FoundSecret,
  type FoundTransport,
  isOwnEntry,
} from './read-servers.ts';
import { makeServerId } from './server-ids.ts';

type ReadResult = BridgeResult<'clients.read'>;
type Pick = BridgeParams<'clients.import'>['picks'][number];

interface Chosen {
  clientId: string;
  project: string | null;
}

interface ReadFile extends ReadClientFile {
  file: string;
}

/** Reads what a client has. A file that cannot be read says so; the others are still shown. */
export async function readClient(world: ClientWorld, chosen: Chosen): Promise<ReadResult & { read: ReadFile[] }> {
  await requireProject(chosen.project);
  const kind = findClient(chosen.clientId);
  const result: ReadResult & { read: ReadFile[] } = { files: [], servers: [], own: 0, read: [] };
  const taken = new Set(world.servers.all().map(({ id }) => id));
  for (const file of listFiles(kind, world.places, chosen.project)) {
    try {
      const found = await readClientFile(kind, file, world.places);
      const state = found.config.bytes === null ? 'absent' : 'read';
      result.files.push({ file: file.file, state, fault: '', hash: found.config.hash });
      result.read.push({ ...found, file: file.file });
      for (const entry of found.entries) {
        if (isOwnEntry(entry, world.mcpUrl())) result.own += 1;
        else result.servers.push(viewEntry(world, file.file, entry, taken));
      }
    } catch (error) {
      if (!(error instanceof BridgeFault)) throw error;
      const fault = `${error.message} ${error.body.fix}`.trim();
      result.files.push({ file: file.file, state: 'fault', fault, hash: '' });
    }
  }
  return result;
}

/** Adds the chosen servers one by one; each is whole or not there. */
export async function importServers(
  world: ClientWorld,
  params: BridgeParams<'clients.import'>,
): Promise<BridgeResult<'clients.import'> & { read: ReadFile[] }> {
  const found = await readClient(world, params);
  for (const { file, hash } of found.files) {
    if (params.hashes[file] !== undefined && params.hashes[file] !== hash)
      throw new BridgeFault('stale', `${file} changed after it was shown.`, 'Look at it again, then repeat this.');
  }
  const entries = new Map(found.read.flatMap(({ entries }) => entries.map((entry) => [entry.key, entry] as const)));
  const added: BridgeResult<'clients.import'>['added'] = [];
  const failed: BridgeResult<'clients.import'>['failed'] = [];
  for (const pick of params.picks) {
    try {
      const entry = entries.get(pick.key);
      if (!entry) throw new BridgeFault('stale', 'This server is not in the file any more.', 'Look at it again.');
      added.push(await importOne(world, findClient(params.clientId).name, entry, pick));
    } catch (error) {
      if (!(error instanceof BridgeFault)) throw error;
      failed.push({ key: pick.key, message: `${error.message} ${error.body.fix}`.trim() });
    }
  }
  return { added, failed, read: found.read };
}

async function importOne(world: ClientWorld, from: string, entry: FoundEntry, pick: Pick) {
  const { transport } = entry;
  const [problem] = entry.problems;
  if (problem !== undefined || transport === null) throw new BridgeFault('conflict', problem ?? 'It has no command.');
  const { values, kept } = sortSecrets(world, entry, pick);
  world.servers.add({
    ...{ id: pick.id, name: pick.name, enabled: !entry.isOff, from },
    transport: withValues(transport, values),
  });
  try {
    for (const secret of kept) {
      const reference = await world.keeper?.keep({
        name: `${pick.name} ${secret.name}`.slice(0, 60),
        value: secret.value,
        serverId: pick.id,
        place: secret.place,
        member: secret.name,
      });
      if (typeof reference === 'string') values.push({ ...secret, value: reference });
    }
    if (kept.length > 0) world.servers.setTransport(pick.id, withValues(transport, values));
  } catch (error) {
    world.servers.remove(pick.id);
    throw error;
  }
  return world.servers.ready(pick.id);
}

interface Placed {
  place: FoundSecret['place'];
  name: string;
  value: string;
}

const reference = /^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:(?:\/|[A-Za-z]:[\\/]|\\\\).+)$/;

/** What stands in the server's settings, and what the vault takes. Throws `BridgeFault` where neither can be. */
function sortSecrets(world: ClientWorld, entry: FoundEntry, pick: Pick): { values: Placed[]; kept: Placed[] } {
  const values: Placed[] = [];
  const kept: Placed[] = [];
  for (const { place, name, value, reference: named } of entry.secrets) {
    const given = pick.references[`${place}.${name}`] ?? named;
    if (given !== null && given !== '') {
      if (!reference.test(given))
        throw new BridgeFault('bad_request', `${name} needs a reference.`, 'Give env:NAME or file: and a whole path.');
      values.push({ place, name, value: given });
    } else if (value !== null && world.keeper !== null) kept.push({ place, name, value });
    else
      throw new BridgeFault('bad_request', `${name} needs a place to come from.`, 'Give env:NAME or file:PATH for it.');
  }
  return { values, kept };
}

function withValues(transport: FoundTransport, values: readonly Placed[]): FoundTransport {
  const members = (place: Placed['place']) =>
    Object.fromEntries(values.filter((value) => value.place === place).map(({ name, value }) => [name, value]));
  if (transport.kind === 'http') return { ...transport, headers: { ...transport.headers, ...members('header') } };
  return { ...transport, env: { ...transport.env, ...members('env') } };
}

function viewEntry(world: ClientWorld, file: string, entry: FoundEntry, taken: Set<string>): FoundServer {
  const existing = findExisting(world, entry.transport);
  const suggestedId = makeServerId(entry.name, taken);
  if (existing === null && entry.problems.length === 0) taken.add(suggestedId);
  return {
    ...{ key: entry.key, file, name: entry.name, group: entry.group, isOff: entry.isOff },
    kind: entry.transport?.kind ?? 'unknown',
    target: describeTransport(entry.transport),
    secrets: entry.secrets.map((secret) => ({
      place: secret.place,
      name: secret.name,
      from: secret.reference !== null ? 'reference' : secret.value !== null ? 'value' : 'client',
      reference: secret.reference ?? `env:${variableName(entry.name, secret)}`,
      why: secret.asks,
    })),
    problems: entry.problems,
    notes: entry.notes,
    suggestedId,
    existing: existing?.name ?? null,
  };
}

function variableName(server: string, { place, name }: FoundSecret): string {
  const text = place === 'env' ? name : `${server}_${name}`;
  return text
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^(?=\d)/, '_');
}

/** The server of ScopeGate that runs the same program or reaches the same address. */
export function findExisting(
  world: ClientWorld,
  transport: FoundTransport | null,
): { id: string; name: string } | null {
  if (transport === null) return null;
  return world.servers.all().find((server) => isSameTarget(server.transport, transport)) ?? null;
}

function isSameTarget(a: FoundTransport, b: FoundTransport): boolean {
  if (a.kind === 'http') return b.kind === 'http' && a.url === b.url;
  return b.kind === 'stdio' && a.command === b.command && JSON.stringify(a.args) === JSON.stringify(b.args);
}
