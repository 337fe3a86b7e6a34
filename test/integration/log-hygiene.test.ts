import { randomBytes } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { sendJson, startFakeHttpServer } from '../fakes/http-server.ts';
import { textOf } from '../helpers/engine.ts';
import { answerCard, type Gateway, makeTempDir, openGateway, patient, waitForCard } from '../helpers/gateway.ts';
import { listDescendants, type RunningProcess } from '../helpers/processes.ts';

const fake = join(import.meta.dirname, '..', 'fakes', 'stdio-server.mjs');

function canary(name: string): string {
  return `canary-${name}-${randomBytes(24).toString('hex')}`;
}

const canaries = {
  agentToken: canary('agent'),
  fileToken: canary('file-agent'),
  envKey: canary('env'),
  fileKey: canary('file'),
  header: canary('header'),
};

/** A secret as it is and as it is usually written. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [secret, bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url'), bytes.toString('hex')];
}

function expectClean(where: string, text: string, secrets: readonly string[] = Object.values(canaries)): void {
  for (const secret of secrets) {
    for (const form of formsOf(secret)) {
      if (text.includes(form)) throw new Error(`${where} holds ${secret.slice(0, 20)}…`);
    }
  }
}

function readAll(folder: string): { path: string; text: string }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, text: readFileSync(path, 'latin1') }));
}

/** A gateway with every kind of secret, before servers that tell theirs wherever they can. */
async function startLeaky(folder: string): Promise<Gateway> {
  const http = await startFakeHttpServer(({ headers, message }, response) => {
    if (message?.method !== 'tools/call') return false;
    if (message.params?.name === 'echo' && message.params.arguments !== undefined) {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(`bad key: ${headers['x-key']}`);
    } else sendJson(response, { jsonrpc: '2.0', id: message.id, result: { content: [] } });
    return true;
  });
  writeFileSync(join(folder, 'token'), `${canaries.fileToken}\n`);
  writeFileSync(join(folder, 'key'), canaries.fileKey);
  chmodSync(join(folder, 'key'), 0o600);
  const leaking = (env: Record<string, string>) => ({
    command: process.execPath,
    args: [fake, 'crashes-on-call'],
    env,
  });
  return openGateway({
    dataDir: join(folder, 'data'),
    env: { AGENT: canaries.agentToken, KEY: canaries.envKey, HEADER: canaries.header },
    config: {
      servers: {
        byenv: leaking({ API_KEY: 'env:KEY' }),
        byfile: leaking({ API_KEY: 'file:key' }),
        remote: { url: http.url, headers: { 'X-Key': 'env:HEADER' } },
        unset: { command: process.execPath, args: [fake, 'plain'], env: { API_KEY: 'env:NOT_SET_ANYWHERE' } },
      },
      agents: {
        one: { token: 'env:AGENT', default: 'allow' },
        two: { token: 'file:token', default: 'ask' },
      },
    },
  });
}

/** Uses every method the page has for looking; gives all it was told. */
async function lookEverywhere({ ui }: Gateway): Promise<string> {
  const snapshot = await ui.request('snapshot', {});
  const told: unknown[] = [snapshot, ui.events];
  for (const { id } of snapshot.calls) told.push(await ui.request('calls.detail', { id }));
  for (const { id } of snapshot.agents) told.push(await ui.request('agents.matrix', { id }));
  for (const { id, transport } of snapshot.servers) {
    told.push(await ui.request('servers.logs', { id }), await ui.request('servers.tools', { id }));
    told.push(await ui.request('servers.test', { transport }));
  }
  told.push(await ui.request('calls.older', { before: null, limit: 500 }));
  told.push(await ui.request('approvals.history', { before: null, limit: 200 }));
  return JSON.stringify(told);
}

describe('a whole run with secrets of every kind', () => {
  it('leaves them in no file, log, event, reply or error, and in no process but the one they are for (security)', async () => {
    const folder = makeTempDir();
    const gateway = await startLeaky(folder);
    const one = await gateway.connect(canaries.agentToken);
    const two = await gateway.connect(canaries.fileToken);
    const listed = (await one.listTools()).tools.map(({ name }) => name).sort();
    expect(listed).toEqual(['byenv__echo', 'byfile__echo', 'remote__echo']);

    const owned = listDescendants(gateway.run.child.pid ?? 0);
    checkProcesses(owned);
    const errors: string[] = [];
    for (const name of listed) {
      const failed = await one.callTool({ name, arguments: { q: 1 } });
      expect(failed.isError).toBe(true);
      errors.push(textOf(failed));
    }
    const asked = two.callTool({ name: 'remote__echo', arguments: { q: 2 } });
    await answerCard(gateway.ui, await waitForCard(gateway.ui), 'deny');
    errors.push(textOf(await asked));
    const wrong = await fetch(gateway.mcp, { method: 'POST', headers: { authorization: `Bearer ${canaries.envKey}` } });
    errors.push(`${wrong.status} ${await wrong.text()}`);
    expectClean('an error for the agent', errors.join('\n'));

    const { ui } = gateway;
    await vi.waitFor(async () => {
      const { lines } = await ui.request('servers.logs', { id: 'byenv' });
      expect(lines.some(({ text }) => text === 'the key is [secret]')).toBe(true);
    }, patient);
    expectClean('the page', await lookEverywhere(gateway));
    checkFiles(join(folder, 'data'));

    expect(await gateway.stop()).toBe(0);
    checkFiles(join(folder, 'data'));
    expectClean('stdout', gateway.run.stdout());
    expectClean('stderr', gateway.run.stderr());
    expect(gateway.run.stderr()).not.toContain('login=');
  });
});

function checkFiles(dataDir: string): void {
  const files = readAll(dataDir);
  expect(files.map(({ path }) => path)).toContain(join(dataDir, 'scopegate.db'));
  for (const { path, text } of files) expectClean(path, text);
}

/** Each child has its own secret in its environment, no other one, and none on its command line. */
function checkProcesses(children: readonly RunningProcess[]): void {
  if (process.platform !== 'linux') return;
  const all = Object.values(canaries);
  const owners = children.filter(({ environ }) => environ.includes('API_KEY='));
  expect(owners).toHaveLength(2);
  for (const { argv, environ } of children) {
    expectClean('a command line', argv);
    const own = all.filter((secret) => environ.includes(`API_KEY=${secret}`));
    expectClean(
      'a foreign environment',
      environ,
      all.filter((secret) => !own.includes(secret)),
    );
  }
}
