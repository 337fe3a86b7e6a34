import { randomBytes } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formsOfSecret } from '../../electron/engine/wire/secret-forms.ts';
import type { CredentialDraft, Placement } from '../../electron/shared/index.ts';
import { sendJson, startFakeHttpServer } from '../fakes/http-server.ts';
import { textOf } from '../helpers/engine.ts';
import { type Gateway, makeTempDir, openGateway } from '../helpers/gateway.ts';
import { listDescendants } from '../helpers/processes.ts';

const fake = join(import.meta.dirname, '..', 'fakes', 'stdio-server.mjs');
const canary = (name: string) => `canary-${name}-${randomBytes(24).toString('base64')}`;
const canaries = {
  bearer: canary('bearer'),
  replaced: canary('replaced'),
  basic: canary('basic'),
  query: canary('query'),
  program: canary('program'),
  reference: canary('reference'),
  passphrase: canary('passphrase'),
  exported: canary('exported'),
};
const agentToken = 'agent-'.padEnd(40, 'a');

function expectClean(where: string, text: string, secrets: readonly string[] = Object.values(canaries)): void {
  for (const secret of secrets) {
    for (const form of formsOfSecret(secret)) {
      if (text.includes(form.toString('latin1'))) throw new Error(`${where} holds ${secret.slice(0, 18)}…`);
    }
  }
}

function checkFiles(folder: string): void {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.map(({ name }) => name)).toContain('scopegate.db');
  for (const { parentPath, name } of files) {
    expectClean(name, readFileSync(join(parentPath, name), 'latin1'));
  }
}

/** Tells whatever it was sent: in the result, in progress of its own, as an error and as a status. */
function startTelling() {
  return startFakeHttpServer(({ headers, message }, response) => {
    if (message?.method !== 'tools/call') return false;
    const told = { headers, again: JSON.stringify(headers) };
    const how = (message.params?.arguments as { how?: string } | undefined)?.how;
    if (how === 'status')
      response.writeHead(500, { 'x-told': String(headers.authorization) }).end(JSON.stringify(told));
    else if (how === 'error') {
      sendJson(response, {
        jsonrpc: '2.0',
        id: message.id,
        error: { code: -32000, message: String(headers.authorization), data: told },
      });
    } else {
      const content = [{ type: 'text', text: JSON.stringify(told) }];
      sendJson(response, { jsonrpc: '2.0', id: message.id, result: { content, structuredContent: told } });
    }
    return true;
  });
}

async function startWithCanaries(folder: string): Promise<Gateway> {
  const http = await startTelling();
  const file = join(folder, 'passphrase');
  writeFileSync(file, `${canaries.passphrase}\n`);
  chmodSync(file, 0o600);
  const program = (mode: string) => ({ command: process.execPath, args: [fake, mode] });
  return openGateway({
    dataDir: join(folder, 'data'),
    args: ['--passphrase-file', file],
    env: { REFERENCE: canaries.reference, AGENT: agentToken },
    config: {
      servers: {
        remote: { url: http.url },
        asked: { url: http.url },
        mine: program('tells-env'),
        crashing: program('crashes-on-call'),
        other: program('tells-env'),
      },
      agents: { one: { token: 'env:AGENT', default: 'allow' } },
    },
  });
}

async function bindAll({ ui }: Gateway): Promise<string> {
  const add = async (draft: CredentialDraft, uses: { serverId: string; placement: Placement }[]) => {
    const { id } = await ui.request('credentials.add', draft);
    for (const use of uses) await ui.request('credentials.bind', { id, agentId: null, ...use });
    return id;
  };
  const vault = (value: string) => ({ from: 'vault', value }) as const;
  const header = (name: string, prefix = ''): Placement => ({ in: 'header', name, prefix });
  const bearer = await add({ kind: 'bearer', name: 'bearer', source: vault(canaries.bearer) }, [
    { serverId: 'remote', placement: header('Authorization', 'Bearer ') },
  ]);
  await add({ kind: 'basic', name: 'basic', username: 'sam', source: vault(canaries.basic) }, [
    { serverId: 'asked', placement: header('Authorization', 'Basic ') },
  ]);
  await add({ kind: 'query', name: 'query', source: vault(canaries.query) }, [
    { serverId: 'asked', placement: { in: 'query', name: 'key' } },
  ]);
  await add({ kind: 'env', name: 'program', source: vault(canaries.program) }, [
    { serverId: 'mine', placement: { in: 'env', name: 'API_KEY' } },
    { serverId: 'crashing', placement: { in: 'env', name: 'API_KEY' } },
  ]);
  await add({ kind: 'header', name: 'reference', source: { from: 'reference', reference: 'env:REFERENCE' } }, [
    { serverId: 'remote', placement: header('X-Reference') },
  ]);
  return bearer;
}

/** Everything the page can ask for. */
async function lookEverywhere({ ui }: Gateway): Promise<string> {
  const snapshot = await ui.request('snapshot', {});
  const told: unknown[] = [snapshot, ui.events];
  for (const { id } of snapshot.calls) told.push(await ui.request('calls.detail', { id }));
  for (const { id } of snapshot.credentials)
    told.push(await ui.request('credentials.uses', { id, before: null, limit: 50 }));
  for (const { id, transport } of snapshot.servers) {
    told.push(await ui.request('servers.logs', { id }), await ui.request('servers.test', { transport }));
  }
  told.push(await ui.request('vault.export', { passphrase: canaries.exported, current: canaries.passphrase }));
  return JSON.stringify(told);
}

describe('a whole run with known secrets in the vault', () => {
  it('leaves them in no file, log, event, reply or error, and in no process but the one they are for (security)', async () => {
    const folder = makeTempDir();
    const gateway = await startWithCanaries(folder);
    const bearer = await bindAll(gateway);
    const one = await gateway.connect(agentToken);
    const heard: string[] = [];
    const call = async (name: string, how: string) => {
      const result = await one.callTool({ name, arguments: { how } }).catch((error: unknown) => String(error));
      heard.push(typeof result === 'string' ? result : JSON.stringify(result));
      return result;
    };
    for (const name of ['remote__echo', 'asked__echo'])
      for (const how of ['result', 'error', 'status']) await call(name, how);
    const own = await call('mine__echo', '');
    expect(textOf(own)).toContain('"API_KEY":"[secret]"');
    expect(textOf(await call('other__echo', ''))).not.toContain('API_KEY');
    checkProcesses(gateway.run.child.pid ?? 0);
    await call('crashing__echo', '');
    await gateway.ui.request('credentials.replace', {
      id: bearer,
      source: { from: 'vault', value: canaries.replaced },
    });
    await call('remote__echo', 'result');
    await gateway.ui.request('vault.lock', {});
    expect(textOf(await call('remote__echo', 'result'))).toContain('locked');
    await gateway.ui.request('vault.unlock', { passphrase: canaries.passphrase });
    await call('remote__echo', 'result');
    expect(heard.join('')).toContain('Bearer [secret]');
    expectClean('what the agent heard', heard.join('\n'));
    expectClean('the page', await lookEverywhere(gateway));
    checkFiles(join(folder, 'data'));

    expect(await gateway.stop()).toBe(0);
    checkFiles(join(folder, 'data'));
    expectClean('stdout', gateway.run.stdout());
    expectClean('stderr', gateway.run.stderr());
  });
});

/** The one secret a program gets is in its environment; no other secret is in any, and none on a command line. */
function checkProcesses(gatewayPid: number): void {
  if (process.platform !== 'linux') return;
  const children = listDescendants(gatewayPid);
  expect(children.some(({ environ }) => environ.includes(`API_KEY=${canaries.program}`))).toBe(true);
  const foreign = Object.values(canaries).filter((secret) => secret !== canaries.program);
  for (const { argv, environ } of children) {
    expectClean('a command line', argv);
    expectClean('an environment', environ, environ.includes('API_KEY=') ? foreign : Object.values(canaries));
  }
}
