import { decodedForms, hasOddCharacters, readableText } from './readable-text.ts';
import { agree, type Verdict, verdictOf } from './verdict.ts';

/** How paths mean something where the server runs. Looked up by the pipeline; core only compares. */
export interface PathWorld {
  /** `darwin` and `win32` do not tell upper from lower case; `win32` also takes `\` and drive letters. */
  platform: 'posix' | 'darwin' | 'win32';
  /** What `~` stands for; null: not known. */
  home: string | null;
  /** Where relative paths start, if the server's configuration says so; null: not known. */
  base: string | null;
  /**
   * The real place of an absolute path: links followed along the longest part that exists. A path that is missing here
   * could not be resolved, and nothing is sure about it.
   */
  resolved: ReadonlyMap<string, string>;
}

export const noPaths: PathWorld = { platform: 'posix', home: null, base: null, resolved: new Map() };

/** Every way a server may read a path: absolute, without `.` and doubled slashes, `..` kept where links could matter. */
export interface PathReadings {
  paths: string[];
  /** False: some way to read it cannot be known here, so no verdict is sure. */
  isSure: boolean;
}

const maxPathLength = 4096;
const maxReadings = 24;

/** Reads a path in every way that encodings, compatibility characters and the other slash allow. */
export function readPath(text: string, world: PathWorld): PathReadings {
  if (text.length === 0 || text.length > maxPathLength || hasOddCharacters(text)) return { paths: [], isSure: false };
  const plain = withoutFileScheme(text);
  if (plain === null) return { paths: [], isSure: false };
  const forms = new Set<string>();
  for (const decoded of decodedForms(plain)) {
    for (const form of [decoded, decoded.normalize('NFC'), readableText(decoded)]) {
      forms.add(form);
      if (form.includes('\\')) forms.add(form.replaceAll('\\', '/'));
    }
  }
  const paths = new Set<string>();
  let isSure = forms.size <= maxReadings;
  for (const form of forms) {
    const absolute = hasOddCharacters(form) ? null : makeAbsolute(form, world);
    if (absolute === null) {
      isSure = false;
      continue;
    }
    paths.add(absolute);
    paths.add(normalisePath(absolute));
  }
  return { paths: [...paths], isSure: isSure && paths.size > 0 };
}

/** The folder a rule names, which a person wrote and which is read as it stands; null: not known on this machine. */
export function readFolder(text: string, world: PathWorld): string | null {
  const absolute = makeAbsolute(text, world);
  return absolute === null ? null : normalisePath(absolute);
}

/** Whether a path is the folder or lies inside it, judged by the real places of both. */
export function isPathInside(text: string, folder: string, world: PathWorld): Verdict {
  const read = readPath(text, world);
  const place = readFolder(folder, world);
  if (!read.isSure || place === null) return 'unsure';
  return agree(read.paths.map((path) => compare(path, place, world)));
}

function compare(path: string, folder: string, world: PathWorld): Verdict {
  const real = world.resolved.get(path);
  const realFolder = world.resolved.get(folder);
  if (real === undefined || realFolder === undefined) return 'unsure';
  if (isBelow(real, realFolder, world)) return 'yes';
  // by name inside, really elsewhere (a link that leads out), or the same name in another case: not sure
  const isNamedInside = isBelow(path, folder, world) || isBelow(path, realFolder, world);
  return isNamedInside || isBelow(fold(real), fold(realFolder), world) ? 'unsure' : verdictOf(false);
}

function isBelow(path: string, folder: string, world: PathWorld): boolean {
  const ignoresCase = world.platform !== 'posix';
  const child = normalisePath(ignoresCase ? fold(path) : path);
  const parent = normalisePath(ignoresCase ? fold(folder) : folder);
  return child === parent || child.startsWith(parent.endsWith('/') ? parent : `${parent}/`);
}

function fold(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

/** `file:///x` and `file://localhost/x` as the path they name; null for a file on another host. */
function withoutFileScheme(text: string): string | null {
  const match = /^file:\/\/([^/]*)(\/.*)$/i.exec(text) ?? /^file:()(\/[^/].*)$/i.exec(text);
  if (!match) return text;
  const [, host = '', path = ''] = match;
  const drive = /^\/[A-Za-z]:/.test(path) ? path.slice(1) : path;
  return host === '' || host.toLowerCase() === 'localhost' ? drive : null;
}

/** The path from its root, `..` kept; null when only the server knows what it means. */
function makeAbsolute(text: string, world: PathWorld): string | null {
  if (/[{,]\.\.[,}/]|\/\.\.[,}]/.test(text) && text.includes('{')) return null;
  if (text === '~' || text.startsWith('~/')) {
    return world.home === null ? null : collapse(`${world.home}${text.slice(1)}`, world);
  }
  // ~name, $NAME and %NAME% are another's home or a variable
  if (/^(~|\$|%[A-Za-z_][A-Za-z0-9_]*%)/.test(text)) return null;
  if (world.platform === 'win32') return makeAbsoluteWindows(text.replaceAll('\\', '/'), world);
  if (text.startsWith('/')) return collapse(text, world);
  return world.base === null ? null : collapse(`${world.base}/${text}`, world);
}

function makeAbsoluteWindows(text: string, world: PathWorld): string | null {
  const plain = text.replace(/^\/\/\?\/UNC\//i, '//').replace(/^\/\/\?\//, '');
  // devices, drive-relative paths, short names and streams: only Windows knows what they are
  if (plain.startsWith('//./') || /^[A-Za-z]:(?!\/)/.test(plain)) return null;
  if (/~\d/.test(plain) || /:.*:|^[^/].+:[^/]/.test(plain) || /^\/\/[^/]*:/.test(plain)) return null;
  if (/^[A-Za-z]:\//.test(plain) || plain.startsWith('//')) {
    return plain.slice(3).includes(':') ? null : collapse(trimSegments(plain), world);
  }
  if (plain.startsWith('/') || world.base === null || plain.includes(':')) return null;
  return collapse(trimSegments(`${world.base.replaceAll('\\', '/')}/${plain}`), world);
}

/** Windows drops dots and spaces at the end of a name. */
function trimSegments(path: string): string {
  return path
    .split('/')
    .map((segment) => (/^\.{1,2}$/.test(segment) ? segment : segment.replace(/[. ]+$/, '')))
    .join('/');
}

/** Takes out `.` and doubled slashes, and puts the drive in capitals. */
function collapse(path: string, world: PathWorld): string {
  // only Windows gives two slashes at the start a meaning
  const [root, rest] = splitRoot(world.platform === 'win32' ? path.replaceAll('\\', '/') : path.replace(/^\/+/, '/'));
  const segments = rest.split('/').filter((segment) => segment !== '' && segment !== '.');
  return `${root}${segments.join('/')}`;
}

/** Takes out `..` by name as well; it never leads above the root. */
export function normalisePath(path: string): string {
  const [root, rest] = splitRoot(path);
  const kept: string[] = [];
  for (const segment of rest.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  return `${root}${kept.join('/')}`;
}

function splitRoot(path: string): [root: string, rest: string] {
  const drive = /^([A-Za-z]):\//.exec(path);
  if (drive?.[1] !== undefined) return [`${drive[1].toUpperCase()}:/`, path.slice(3)];
  const share = /^\/\/([^/]+)\/([^/]+)(?:\/|$)/.exec(path);
  if (share) return [`//${share[1]}/${share[2]}/`, path.slice(share[0].length)];
  return ['/', path];
}
