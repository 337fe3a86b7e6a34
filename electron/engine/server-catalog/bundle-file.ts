import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Entry, ZipFile } from 'yauzl';
import { BridgeFault } from '../faults.ts';
import { type BundleManifest, bundleManifestSchema } from './bundle-manifest.ts';

/** A bundle that passed every check; nothing of it is on the disk yet. */
export interface Bundle {
  /** SHA-256 of the file, hex. */
  hash: string;
  manifest: BundleManifest;
  files: { name: string; isExecutable: boolean; bytes: Buffer }[];
  /** Unpacked size. */
  bytes: number;
}

const maxFileBytes = 100 * 1024 * 1024;
const maxUnpackedBytes = 400 * 1024 * 1024;
const maxEntries = 20_000;
const maxManifestBytes = 1024 * 1024;
const fileKind = 0o170000;
const regular = 0o100000;
const folder = 0o040000;

/**
 * Reads an `.mcpb` file whole and checks every entry: no name that leaves the folder, no link or device, nothing twice,
 * bounded in number and size. What is checked is what is unpacked later: the file is read once. Throws `BridgeFault`.
 */
export async function readBundle(file: string): Promise<Bundle> {
  const packed = await readPacked(file);
  const { fromBufferPromise } = await import('yauzl');
  try {
    const zip = await fromBufferPromise(packed, { lazyEntries: true, strictFileNames: true });
    const { files, bytes } = await readEntries(zip);
    const manifest = readManifest(files);
    return { hash: createHash('sha256').update(packed).digest('hex'), manifest, files, bytes };
  } catch (error) {
    if (error instanceof BridgeFault) throw error;
    throw refusal(`it is no sound zip archive (${error instanceof Error ? error.message : 'unknown'})`);
  }
}

/** Writes it into a folder of its own, which is there whole or not at all. Returns the folder. */
export async function unpackBundle(bundle: Bundle, dataDir: string): Promise<string> {
  const target = path.join(dataDir, 'bundles', bundle.hash.slice(0, 24));
  const next = `${target}.${randomBytes(6).toString('hex')}`;
  await mkdir(next, { recursive: true, mode: 0o700 });
  try {
    for (const { name, isExecutable, bytes } of bundle.files) {
      const place = path.join(next, name);
      await mkdir(path.dirname(place), { recursive: true, mode: 0o700 });
      await writeFile(place, bytes, { mode: isExecutable ? 0o700 : 0o600, flag: 'wx' });
    }
    await rm(target, { recursive: true, force: true });
    await rename(next, target);
  } catch (error) {
    await rm(next, { recursive: true, force: true });
    throw error;
  }
  return target;
}

async function readPacked(file: string): Promise<Buffer> {
  if (!path.isAbsolute(file))
    throw new BridgeFault('bad_request', 'The path of the bundle is not a whole one.', 'Start it with / or a drive.');
  // O_NONBLOCK: a named pipe must not hang the engine.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(
    (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'ENOENT' ? 'There is no such file.' : `The file cannot be read (${error.code ?? 'unknown'}).`;
      throw new BridgeFault('not_found', why, 'Check the path.');
    },
  );
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw refusal('it is not a file');
    if (found.size > maxFileBytes) throw refusal('it is larger than 100 MiB');
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

async function readEntries(zip: ZipFile): Promise<Pick<Bundle, 'files' | 'bytes'>> {
  if (zip.entryCount > maxEntries) throw refusal(`it holds more than ${maxEntries} files`);
  const files: Bundle['files'] = [];
  const seen = new Set<string>();
  let bytes = 0;
  for await (const entry of zip.eachEntry()) {
    const mode = entry.externalFileAttributes >>> 16;
    checkEntry(entry, mode, seen);
    bytes += entry.uncompressedSize;
    if (bytes > maxUnpackedBytes) throw refusal('unpacked it is larger than 400 MiB');
    if (entry.fileName.endsWith('/')) continue;
    const content = await readEntry(zip, entry);
    files.push({ name: entry.fileName, isExecutable: (mode & 0o111) !== 0, bytes: content });
  }
  return { files, bytes };
}

/** The library refuses absolute names and `..` by itself; what it leaves open is refused here. */
function checkEntry(entry: Entry, mode: number, seen: Set<string>): void {
  const kind = mode & fileKind;
  const isPlain = kind === 0 || kind === regular || kind === folder;
  if (!isPlain) throw refusal(`${JSON.stringify(entry.fileName)} is a link or a device`);
  if (entry.isEncrypted()) throw refusal(`${JSON.stringify(entry.fileName)} is encrypted`);
  const parts = entry.fileName.replace(/\/$/, '').split('/');
  const isStrange = parts.some((part) => part === '' || part === '.' || part === '..' || /[\0\\:]/.test(part));
  if (isStrange) throw refusal(`the name ${JSON.stringify(entry.fileName)} is not a plain one`);
  // Two names that differ in case only are one file on some systems.
  const folded = parts.join('/').toLowerCase();
  if (seen.has(folded)) throw refusal(`${JSON.stringify(entry.fileName)} stands in it twice`);
  seen.add(folded);
}

async function readEntry(zip: ZipFile, entry: Entry): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    size += (chunk as Buffer).length;
    if (size > entry.uncompressedSize) throw refusal(`${JSON.stringify(entry.fileName)} is larger than it says`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function readManifest(files: Bundle['files']): BundleManifest {
  const file = files.find(({ name }) => name === 'manifest.json');
  if (file === undefined) throw refusal('it has no manifest.json');
  if (file.bytes.length > maxManifestBytes) throw refusal('its manifest.json is larger than 1 MiB');
  const read = bundleManifestSchema.safeParse(parseJson(file.bytes));
  if (read.success) return read.data;
  const where = read.error.issues[0]?.path.join('.') ?? '';
  throw refusal(`its manifest.json does not keep to the format${where === '' ? '' : ` (${where})`}`);
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw refusal('its manifest.json is not JSON');
  }
}

function refusal(why: string): BridgeFault {
  return new BridgeFault('bad_request', `This bundle was not opened: ${why}.`, 'Get it again from its publisher.');
}
