import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeClientHome } from '../engine/client-configs/client-home.ts';
import { makeMachineKeys } from '../helpers/master-keys.ts';

const secrets = { env: 'ghp_0123456789abcdefghijABCDEFGHIJ012345', token: 'sk-proj-Zk9Qw3Er5Ty7Ui9Op1As3Df5Gh7' };

it('moves secrets of a client’s file into the open vault and binds them to their servers (security)', async () => {
  const home = makeClientHome();
  onTestFinished(() => home.remove());
  const servers = {
    files: { command: process.execPath, args: ['-e', ''], env: { GITHUB_TOKEN: secrets.env } },
    remote: { url: 'http://127.0.0.1:9/mcp', headers: { Authorization: `Bearer ${secrets.token}` } },
  };
  home.put('.cursor/mcp.json', JSON.stringify({ mcpServers: servers }));
  const engine = await home.start({ ports: { masterKeys: makeMachineKeys() } });
  onTestFinished(() => engine.stop());
  if ((await engine.call('snapshot', {})).vault.state === 'empty')
    await engine.call('vault.create', { passphrase: null });

  expect((await engine.call('clients.list', {})).hasVault).toBe(true);
  const found = await engine.call('clients.read', { clientId: 'cursor', project: null });
  const picks = found.servers.map(({ key, suggestedId, name }) => ({ key, id: suggestedId, name, references: {} }));
  const hashes = Object.fromEntries(found.files.map(({ file, hash }) => [file, hash]));
  const result = await engine.call('clients.import', { clientId: 'cursor', project: null, hashes, picks });
  expect(result.failed).toEqual([]);

  const { credentials } = await engine.call('snapshot', {});
  expect(credentials.map(({ kind, bindings }) => [kind, bindings[0]?.serverId, bindings[0]?.placement])).toEqual(
    expect.arrayContaining([
      ['env', 'files', { in: 'env', name: 'GITHUB_TOKEN' }],
      ['bearer', 'remote', { in: 'header', name: 'Authorization', prefix: 'Bearer ' }],
    ]),
  );
  await engine.engine.stop();
  const kept = readdirSync(engine.dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const entry of kept) {
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    for (const secret of Object.values(secrets)) expect(bytes.includes(secret), entry.name).toBe(false);
  }
});
