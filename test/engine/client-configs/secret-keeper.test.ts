import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClientWorld, SecretKeeper } from '../../../electron/engine/client-configs/contract.ts';
import { importServers, readClient } from '../../../electron/engine/client-configs/import-servers.ts';
import { findPlaces } from '../../../electron/engine/client-configs/places.ts';
import type { FoundTransport } from '../../../electron/engine/client-configs/read-servers.ts';
import { BridgeFault } from '../../../electron/engine/faults.ts';
import { type ClientHome, makeClientHome } from './client-home.ts';

const secret = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';

let at: ClientHome;

beforeEach(() => {
  at = makeClientHome();
});

afterEach(() => at.remove());

/** A world with a keeper; `servers` shows what was stored, `steps` in which order. */
function makeWorld(keeper: SecretKeeper) {
  const servers = new Map<string, FoundTransport>();
  const steps: string[] = [];
  const world = {
    servers: {
      all: () => [...servers].map(([id, transport]) => ({ id, name: id, transport })),
      add: ({ id, transport }) => {
        steps.push(`add ${id}`);
        servers.set(id, transport);
      },
      setTransport: (id, transport) => servers.set(id, transport),
      ready: (id) => {
        steps.push(`ready ${id}`);
        return { id } as never;
      },
      remove: (id) => {
        steps.push(`remove ${id}`);
        servers.delete(id);
      },
    },
    keeper,
    places: findPlaces({ HOME: at.home }, 'linux'),
    mcpUrl: () => null,
  } as Partial<ClientWorld> as ClientWorld;
  return { world, servers, steps };
}

async function importAll(world: ClientWorld) {
  const chosen = { clientId: 'cursor', project: null };
  const { files, servers } = await readClient(world, chosen);
  const picks = servers.map(({ key, suggestedId, name }) => ({ key, id: suggestedId, name, references: {} }));
  return importServers(world, {
    ...chosen,
    hashes: Object.fromEntries(files.map(({ file, hash }) => [file, hash])),
    picks,
  });
}

describe('a vault beside the import', () => {
  it('gets each secret for a server that exists and has not started, which never has it itself (security)', async () => {
    const headers = { Authorization: `Bearer ${secret}` };
    at.put('.cursor/mcp.json', JSON.stringify({ mcpServers: { a: { url: 'https://a.test/mcp', headers } } }));
    const kept: unknown[] = [];
    const { world, servers, steps } = makeWorld({
      keep: async (found) => {
        steps.push(`keep ${found.member}`);
        kept.push(found);
        return null;
      },
    });
    expect((await importAll(world)).failed).toEqual([]);
    expect(steps).toEqual(['add a', 'keep Authorization', 'ready a']);
    expect(kept).toEqual([
      { name: 'a Authorization', value: `Bearer ${secret}`, serverId: 'a', place: 'header', member: 'Authorization' },
    ]);
    expect([...servers.values()]).toEqual([{ kind: 'http', url: 'https://a.test/mcp', headers: {} }]);
  });

  it('can leave a reference in the place of the secret', async () => {
    at.put('.cursor/mcp.json', JSON.stringify({ mcpServers: { a: { command: 'a', env: { API_KEY: secret } } } }));
    const { world, servers } = makeWorld({ keep: async () => 'file:/somewhere/safe' });
    await importAll(world);
    expect(servers.get('a')).toMatchObject({ env: { API_KEY: 'file:/somewhere/safe' } });
  });

  it('that is locked keeps the server out, and says so', async () => {
    at.put(
      '.cursor/mcp.json',
      JSON.stringify({ mcpServers: { a: { command: 'a', env: { API_KEY: secret } }, b: { command: 'b' } } }),
    );
    const { world, servers } = makeWorld({
      keep: () => Promise.reject(new BridgeFault('unavailable', 'The vault is locked.', 'Unlock it.')),
    });
    const { added, failed } = await importAll(world);
    expect(added.map(({ id }) => id)).toEqual(['b']);
    expect(failed.map(({ message }) => message)).toEqual(['The vault is locked. Unlock it.']);
    expect([...servers.keys()]).toEqual(['b']);
  });
});
