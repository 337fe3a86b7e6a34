import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { CatalogSource } from '../../shared/index.ts';
import { type ReadPage, readRegistry } from './registry-reader.ts';
import { type ServerJson, serverJsonSchema } from './server-json.ts';
import { snapshot, snapshotAt } from './snapshot.ts';

const fileName = 'server-catalog.json';
const fileSchema = z.object({ at: z.number(), isCut: z.boolean(), servers: z.array(z.unknown()) });

interface Shelf {
  source: CatalogSource;
  servers: readonly ServerJson[];
}

/** The servers that can be looked up: the registry as it was last fetched, or the snapshot that came with the program. */
export class CatalogBook {
  readonly #file: string;
  readonly #now: () => number;
  readonly #readPage: ReadPage | undefined;
  #shelf: Promise<Shelf> | null = null;
  #updating: Promise<CatalogSource> | null = null;

  constructor(dataDir: string, now: () => number, readPage?: ReadPage) {
    this.#file = path.join(dataDir, fileName);
    this.#now = now;
    this.#readPage = readPage;
  }

  /** Every word must be in the name, title or description. What has it in its name comes first. */
  async search(query: string, limit: number): Promise<{ found: ServerJson[]; total: number; source: CatalogSource }> {
    const { servers, source } = await this.#open();
    const words = query
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    const hits = servers
      .map((server) => ({ server, rank: rankOf(server, words) }))
      .filter(({ rank }) => rank > 0)
      .sort((a, b) => b.rank - a.rank || (a.server.name < b.server.name ? -1 : 1));
    return { found: hits.slice(0, limit).map(({ server }) => server), total: hits.length, source };
  }

  async find(name: string): Promise<ServerJson | null> {
    const { servers } = await this.#open();
    return servers.find((server) => server.name === name) ?? null;
  }

  /** Fetches the registry, one fetch at a time. Rejects with why not; what was there stays. */
  update(): Promise<CatalogSource> {
    this.#updating ??= this.#fetch().finally(() => {
      this.#updating = null;
    });
    return this.#updating;
  }

  async #fetch(): Promise<CatalogSource> {
    const { servers, isCut } = await readRegistry(this.#readPage);
    if (servers.length === 0) throw new Error('The registry sent no server that could be read.');
    const at = this.#now();
    await mkdir(path.dirname(this.#file), { recursive: true, mode: 0o700 });
    await writeFile(`${this.#file}.next`, JSON.stringify({ at, isCut, servers }), { mode: 0o600 });
    await rename(`${this.#file}.next`, this.#file);
    const shelf = makeShelf('registry', servers, at, isCut);
    this.#shelf = Promise.resolve(shelf);
    return shelf.source;
  }

  #open(): Promise<Shelf> {
    this.#shelf ??= this.#load();
    return this.#shelf;
  }

  /** A file that is missing or damaged is as if nothing had been fetched. */
  async #load(): Promise<Shelf> {
    try {
      const { at, isCut, servers } = fileSchema.parse(JSON.parse(await readFile(this.#file, 'utf8')));
      const read = servers.map((server) => serverJsonSchema.safeParse(server));
      return makeShelf(
        'registry',
        read.flatMap((each) => (each.success ? [each.data] : [])),
        at,
        isCut,
      );
    } catch {
      return makeShelf('snapshot', snapshot, snapshotAt, false);
    }
  }
}

function makeShelf(kind: CatalogSource['kind'], servers: readonly ServerJson[], at: number, isCut: boolean): Shelf {
  return { servers, source: { kind, at, count: servers.length, isCut } };
}

function rankOf(server: ServerJson, words: readonly string[]): number {
  const name = `${server.name} ${server.title ?? ''}`.toLowerCase();
  const all = `${name} ${server.description.toLowerCase()}`;
  if (!words.every((word) => all.includes(word))) return 0;
  return 1 + words.filter((word) => name.includes(word)).length;
}
