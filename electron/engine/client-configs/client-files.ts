import { lstat, stat } from 'node:fs/promises';
import path from 'node:path';
import { BridgeFault } from '../faults.ts';
import { type ClientKind, type ConfigPlace, clientTable } from './client-table.ts';
import { type ConfigText, readConfigFile } from './config-file.ts';
import { type Plain, parseConfig } from './parse-config.ts';
import { type ClientPlaces, resolvePlace } from './places.ts';
import { type FoundEntry, readServers } from './read-servers.ts';

/** One file of one client that may be there. */
export interface ClientFile {
  place: ConfigPlace;
  file: string;
}

/** Throws `BridgeFault` for a client ScopeGate does not know. */
export function findClient(id: string): ClientKind {
  const kind = clientTable.find((client) => client.id === id);
  if (!kind) throw new BridgeFault('not_found', 'ScopeGate does not know this client.', 'Choose one of the list.');
  return kind;
}

/** The files of a client on this system, the user's first; those of a project only where one was chosen. */
export function listFiles(kind: ClientKind, places: ClientPlaces, project: string | null): ClientFile[] {
  return kind.files.flatMap((place) => {
    if (place.platforms && !place.platforms.includes(places.platform)) return [];
    const file = resolvePlace(places, place, project);
    return file === null ? [] : [{ place, file }];
  });
}

/** The file that Connect writes: the first that is there, else the first. Looks at nothing but whether it is there. */
export async function chooseFile(
  kind: ClientKind,
  places: ClientPlaces,
  project: string | null,
): Promise<ClientFile & { isThere: boolean }> {
  const scope = project === null ? 'user' : 'project';
  const files = listFiles(kind, places, project).filter(({ place }) => place.scope === scope);
  for (const file of files) if (await isThere(file.file)) return { ...file, isThere: true };
  const [first] = files;
  if (!first) throw new BridgeFault('conflict', `${kind.name} has no file in projects.`, 'Leave the project out.');
  return { ...first, isThere: false };
}

/** Looks only whether something is there; a link counts. */
export async function isThere(file: string): Promise<boolean> {
  return (await lstat(file).catch(() => null)) !== null;
}

export async function isInstalled(kind: ClientKind, places: ClientPlaces): Promise<boolean> {
  for (const sign of kind.signs) {
    if (sign.platforms && !sign.platforms.includes(places.platform)) continue;
    const place = resolvePlace(places, sign, null);
    if (place !== null && (await isThere(place))) return true;
  }
  return false;
}

/** Throws `BridgeFault` unless it is a folder that is there. */
export async function requireProject(project: string | null): Promise<void> {
  if (project === null) return;
  const found = path.isAbsolute(project) ? await stat(project).catch(() => null) : null;
  if (!found?.isDirectory())
    throw new BridgeFault('bad_request', 'There is no such project folder.', 'Give the whole path of a folder.');
}

export interface ReadClientFile {
  config: ConfigText;
  value: Plain;
  entries: FoundEntry[];
}

/** Reads and parses one file. Throws `BridgeFault` for everything that cannot be read; quotes nothing of it. */
export async function readClientFile(
  kind: ClientKind,
  { place, file }: ClientFile,
  places: ClientPlaces,
): Promise<ReadClientFile> {
  const config = await readConfigFile(file, places.home);
  const parsed = parseConfig(place.format, config.text);
  if (!parsed.ok)
    throw new BridgeFault(
      'conflict',
      `${file} was left as it is: ${parsed.why}.`,
      `Open it in an editor and mend it; ${kind.name} may not read it either.`,
    );
  return { config, value: parsed.value, entries: readServers(kind, file, parsed.value, place.keys) };
}
