import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Era } from '../../electron/engine/exchange.ts';
import { type Gateway, startOpenGateway } from '../conformance/start-gateway.ts';
import { fakeServer } from '../helpers/engine.ts';
import { testsOf } from './covering-tests.ts';
import { Journey, keyOf, type Sightings } from './journey.ts';
import { namesOfRevision, type SchemaName, schemaNames } from './schema-names.ts';

const file = fileURLToPath(new URL('../../docs/protocol-coverage.md', import.meta.url));
const eras = ['legacy', 'modern'] as const;
const routes = eras.flatMap((agent) => eras.map((server) => ({ agent, server })));
const nameOf = ({ agent, server }: { agent: Era; server: Era }) => `${agent} → ${server}`;
const found = new Map<string, Sightings>();

const requests: Record<Era, [string, Record<string, string | object>][]> = {
  legacy: [
    ['logging/setLevel', { level: 'debug' }],
    ['resources/subscribe', { uri: 'all://one' }],
  ],
  modern: [],
};
const common: [string, Record<string, string | object>][] = [
  ['tools/list', {}],
  ['resources/list', {}],
  ['resources/templates/list', {}],
  ['prompts/list', {}],
  ['resources/read', { uri: 'all://one' }],
  ['prompts/get', { name: 'one' }],
  ['completion/complete', { ref: { type: 'ref/prompt', name: 'one' }, argument: { name: 'a', value: '' } }],
];
const tasks: Record<Era, string[]> = {
  legacy: ['tasks/get', 'tasks/list', 'tasks/result', 'tasks/cancel'],
  modern: ['tasks/get', 'tasks/update', 'tasks/cancel'],
};
const listNotices = ['tools', 'prompts', 'resources'].map((kind) => `notifications/${kind}/list_changed`);
const filter = {
  toolsListChanged: true,
  promptsListChanged: true,
  resourcesListChanged: true,
  resourceSubscriptions: ['all://one'],
  taskIds: ['task-1'],
};

let gateway: Gateway;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'scopegate-coverage-'));
  const servers = {
    legacy: fakeServer('every-message-server.mjs', 'legacy', join(folder, 'legacy')),
    modern: fakeServer('every-message-server.mjs', 'modern', join(folder, 'modern')),
  };
  gateway = await startOpenGateway(servers, ['ada']);
}, 60_000);
afterAll(async () => {
  await gateway.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function travel(agent: Era, server: Era): Promise<Sightings> {
  const journey = new Journey(agent, gateway.scopedUrl(server), gateway.tokenOf('ada'));
  await journey.greet();
  if (agent === 'modern') {
    // a task is there for who started it, so it comes before anything that names it
    if (server === 'modern') await journey.request('tools/call', { name: 'do', arguments: { startTask: true } });
    journey.start('subscriptions/listen', { notifications: filter });
    await journey.hear('notifications/subscriptions/acknowledged');
  }
  for (const [method, params] of [...requests[agent], ...common]) await journey.request(method, params as never);
  for (const method of ['elicitation/create', 'sampling/createMessage', 'roots/list']) await journey.askThrough(method);
  await hearNotices(journey);
  if (agent === 'legacy') await visitLegacy(journey, server);
  else await visitModern(journey, server);
  const running = journey.start('tools/call', {
    name: 'do',
    arguments: { hang: true, tell: [{ method: 'notifications/message', params: { level: 'info', data: 'hanging' } }] },
  });
  await expect
    .poll(async () => (await journey.heard()).filter((method) => method === 'tools/call').length)
    .toBeGreaterThan(4);
  journey.cancel(running);
  await expect.poll(async () => journey.heard()).toContain('notifications/cancelled');
  const sent = schemaNames
    .filter(({ from, eras: own }) => from === 'agent' && own.includes(agent))
    .map(({ name }) => name);
  journey.conclude(await journey.heard(), sent);
  await journey.end();
  return journey.seen;
}

async function hearNotices(journey: Journey): Promise<void> {
  const during = [
    { method: 'notifications/progress', params: { progress: 1 } },
    { method: 'notifications/message', params: { level: 'info', data: 'x' } },
  ];
  await journey.request('tools/call', { name: 'do', arguments: { tell: during }, _meta: { progressToken: 'p' } });
  await journey.hear('notifications/progress');
  await journey.hear('notifications/message');
  const later = [
    { method: 'notifications/resources/updated', params: { uri: 'all://one' } },
    ...listNotices.map((method) => ({ method })),
  ];
  await journey.request('tools/call', { name: 'do', arguments: { change: true, tell: later } } as never);
  for (const { method } of later) await journey.hear(method);
}

async function visitLegacy(journey: Journey, server: Era): Promise<void> {
  journey.notify('notifications/roots/list_changed', {});
  await journey.request('resources/unsubscribe', { uri: 'all://one' });
  await journey.request('tools/call', { name: 'do', arguments: {}, task: { ttl: 1000 } });
  for (const method of tasks.legacy) await journey.request(method, method === 'tasks/list' ? {} : { taskId: 'task-1' });
  if (server === 'modern') return;
  await journey.pingBack();
  const request = {
    method: 'elicitation/create',
    params: { message: 'Gone?', requestedSchema: { type: 'object', properties: {} }, _meta: { progressToken: 'gone' } },
  };
  await journey.withdraw(request);
  await journey.hear('notifications/cancelled');
  const ends = [
    {
      method: 'notifications/tasks/status',
      params: { taskId: 'task-1', status: 'completed', createdAt: '', lastUpdatedAt: '', ttl: null },
    },
    { method: 'notifications/elicitation/complete', params: { elicitationId: 'e' } },
  ];
  await journey.request('tools/call', { name: 'do', arguments: { tell: ends } });
  for (const { method } of ends) await journey.hear(method);
}

async function visitModern(journey: Journey, server: Era): Promise<void> {
  for (const method of tasks.modern) await journey.request(method, { taskId: 'task-1', inputResponses: {} });
  if (server === 'legacy') return;
  const news = { method: 'notifications/tasks', params: { taskId: 'task-1', status: 'working' } };
  await journey.request('tools/call', { name: 'do', arguments: { tell: [news] } });
  await journey.hear(news.method);
}

function cell(entry: SchemaName, route: { agent: Era; server: Era }): string {
  const side = entry.from === 'agent' ? route.agent : entry.eras.includes(route.agent) ? route.agent : null;
  if (side === null || !entry.eras.includes(side)) return '–';
  return found.get(nameOf(route))?.get(keyOf(entry)) ?? '–';
}

function describeTests(entry: SchemaName): string {
  const tests = testsOf(entry).map(({ eras: covered, file: path, title }) => `${covered}: ${path} “${title}”`);
  return tests.join('; ');
}

function writeTable(): string {
  const rows = schemaNames.map((entry) => {
    const direction = entry.from === 'agent' ? 'agent → server' : 'server → agent';
    const cells = routes.map((route) => cell(entry, route));
    return `| \`${entry.name}\` | ${direction} | ${[...cells, describeTests(entry)].join(' | ')} |`;
  });
  const head = [
    'message',
    'direction',
    ...routes.map(nameOf),
    'test of its own, beside the one that writes this table',
  ];
  return `${[`| ${head.join(' | ')} |`, `|${'---|'.repeat(head.length)}`, ...rows].join('\n')}\n`;
}

describe('every method and notification of the schemas', () => {
  it('has a row for each era that has it', () => {
    for (const [revision, names] of Object.entries(namesOfRevision)) {
      const era = revision === '2026-07-28' ? 'modern' : 'legacy';
      for (const name of names.split(' ')) {
        expect(
          schemaNames.some((entry) => entry.name === name && entry.eras.includes(era)),
          `${name} ${era}`,
        ).toBe(true);
      }
    }
  });

  it.each(routes)(
    'makes its way: $agent agent, $server server',
    async ({ agent, server }) => {
      found.set(nameOf({ agent, server }), await travel(agent, server));
    },
    60_000,
  );

  it('is in docs/protocol-coverage.md as it was seen just now (UPDATE_PROTOCOL_COVERAGE=1 writes it)', () => {
    const [intro = ''] = readFileSync(file, 'utf8').split('\n| message |', 1);
    const text = `${intro}\n${writeTable()}`;
    if (process.env.UPDATE_PROTOCOL_COVERAGE === '1') writeFileSync(file, text);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('names a test of its own for each era that has it, and each of these exists', () => {
    for (const entry of schemaNames) {
      const tests = testsOf(entry);
      const covered = new Set(tests.flatMap(({ eras: own }) => (own === 'both' ? eras : [own])));
      expect([...covered].sort(), entry.name).toEqual([...entry.eras].sort());
      for (const { file: path, title } of tests) {
        const source = readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
        expect(source.includes(title) ? title : `${path} has no test “${title}”`, entry.name).toBe(title);
      }
    }
  });

  it('was seen within its own era', () => {
    const missing = schemaNames.flatMap((entry) =>
      entry.eras.filter((era) => cell(entry, { agent: era, server: era }) === '–').map((era) => `${entry.name} ${era}`),
    );
    expect(missing).toEqual([]);
  });
});
