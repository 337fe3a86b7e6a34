import { get } from 'node:https';
import type { ServerJson } from './server-json.ts';
import { readListed, registryPageSchema } from './server-json.ts';

/** The official registry; its v0.1 stays compatible. */
const registry = 'https://registry.modelcontextprotocol.io/v0.1/servers';

const pageTimeoutMs = 20_000;
const maxPageBytes = 4 * 1024 * 1024;
const pageSize = 100;
/** Kept of the registry; more is told as cut. */
const maxEntries = 5000;
const maxPages = 200;

/** Text of one address. Rejects with a sentence of why not. */
export type ReadPage = (url: URL) => Promise<string>;

/** All newest entries, page by page. Rejects with an `Error` whose message is shown. */
export async function readRegistry(readPage: ReadPage = readHttps): Promise<{ servers: ServerJson[]; isCut: boolean }> {
  const servers: ServerJson[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < maxPages && servers.length < maxEntries; page++) {
    const url = new URL(registry);
    url.searchParams.set('limit', String(pageSize));
    url.searchParams.set('version', 'latest');
    if (cursor !== undefined) url.searchParams.set('cursor', cursor);
    const { listed, next } = parsePage(await readPage(url));
    servers.push(...listed.map(readListed).filter((server) => server !== null));
    if (next === undefined || next === '' || next === cursor) return { servers, isCut: false };
    cursor = next;
  }
  return { servers: servers.slice(0, maxEntries), isCut: true };
}

function parsePage(text: string): { listed: unknown[]; next: string | undefined } {
  const read = registryPageSchema.safeParse(parseJson(text));
  if (!read.success) throw new Error('The registry answered with something that is no list of servers.');
  const { servers, metadata } = read.data;
  return { listed: servers, next: metadata?.nextCursor ?? metadata?.next_cursor };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('The registry answered with something that is not JSON.');
  }
}

/** No redirect is followed; the certificate is checked; size and time are bounded. */
export function readHttps(url: URL): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(why));
    if (url.protocol !== 'https:') return fail('Only https addresses are read.');
    const request = get(url, { headers: { accept: 'application/json' }, timeout: pageTimeoutMs }, (response) => {
      if (response.statusCode !== 200) {
        response.resume();
        return fail(`The registry answered ${response.statusCode ?? 'nothing'}.`);
      }
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > maxPageBytes) request.destroy(new Error('The registry sent too much at once.'));
        else chunks.push(chunk);
      });
      response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    });
    // The idle timer does not end an answer that trickles: this one does.
    const timer = setTimeout(() => request.destroy(new Error('The registry took too long.')), pageTimeoutMs * 2);
    request.on('close', () => clearTimeout(timer));
    request.on('timeout', () => request.destroy(new Error('The registry did not answer in time.')));
    request.on('error', (error) => fail(error.message));
  });
}
