import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readDeclaredConfig } from '../../electron/headless/declared-config.ts';
import { fc } from '../helpers/property.ts';

let folder = '';
let file = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'declared-properties-'));
  file = path.join(folder, 'c.yaml');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const effect = fc.constantFrom('allow', 'ask', 'deny');
const serverId = fc.stringMatching(/^[a-z0-9-]{1,24}$/);
const variable = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,8}$/);
const literal = fc.string({ maxLength: 20 }).filter((text) => !text.startsWith('file:'));
const stdio = fc.record({
  command: fc.stringMatching(/^[a-z]{1,8}$/),
  args: fc.array(fc.string({ maxLength: 20 }), { maxLength: 4 }),
  env: fc.dictionary(variable, literal, { maxKeys: 3 }),
  trusted: fc.boolean(),
});
const http = fc.record({ url: fc.webUrl({ validSchemes: ['http', 'https'] }), trusted: fc.boolean() });
const agent = fc.record({
  default: effect,
  tools: fc.dictionary(
    fc.tuple(serverId, fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$|^\*$/)).map((parts) => parts.join('__')),
    effect,
  ),
  limit: fc
    .tuple(fc.integer({ min: 1, max: 1_000_000 }), fc.constantFrom('s', 'min', 'h'))
    .map((parts) => parts.join('/')),
});
const config = fc.record({
  port: fc.integer({ min: 0, max: 65535 }),
  servers: fc.dictionary(serverId, fc.oneof(stdio, http), { maxKeys: 4 }),
  agents: fc.dictionary(fc.stringMatching(/^[a-z]{1,12}$/), agent, { maxKeys: 4 }),
});

it('takes every right configuration for what it says', async () => {
  await fc.assert(
    fc.asyncProperty(config, async (wanted) => {
      const names = Object.keys(wanted.agents);
      const env = Object.fromEntries(names.map((name, index) => [`T${index}`, name.padEnd(32, String(index))]));
      const agents = Object.entries(wanted.agents).map(([name, entry], index) => [
        name,
        { token: `env:T${index}`, ...entry },
      ]);
      writeFileSync(file, stringify({ ...wanted, agents: Object.fromEntries(agents) }));
      const result = await readDeclaredConfig(file, env);
      expect(result).toMatchObject({ ok: true });
      if (!result.ok) return;
      expect(result.config.port).toBe(wanted.port);
      expect(result.config.servers.map(({ id }) => id).sort()).toEqual(Object.keys(wanted.servers).sort());
      for (const { id, trusted, transport } of result.config.servers) {
        const entry = wanted.servers[id];
        expect(trusted).toBe(entry?.trusted);
        if (transport.kind === 'stdio')
          expect({ trusted, ...transport }).toEqual({ kind: 'stdio', cwd: folder, ...entry });
        else expect(transport).toEqual({ kind: 'http', url: entry && 'url' in entry ? entry.url : '', headers: {} });
      }
      for (const { name, token, defaultEffect, tools, limit } of result.config.agents) {
        const entry = wanted.agents[name];
        expect(token).toBe(env[`T${names.indexOf(name)}`]);
        expect(defaultEffect).toBe(entry?.default);
        expect(tools).toEqual(entry?.tools);
        expect(`${limit?.count}/${limit?.per}`).toBe(entry?.limit);
      }
    }),
    { numRuns: 150 },
  );
});

it('answers every text with a configuration or with problems inside the file, never with an exception', async () => {
  const fragment = fc.constantFrom(
    'port: ',
    'servers:',
    'agents:',
    '\n',
    '\n  ',
    '  ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    ': ',
    ', ',
    '"',
    "'",
    'a',
    'token: env:X',
    '&a',
    '*a',
    '!t',
    '|',
    '>',
    '#',
    '---',
    '%YAML 1.1',
    '<<',
    '__proto__',
    'null',
    '~',
    '0',
    'command: x',
    'url: y',
    '\t',
    '\u0000',
    '? ',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fragment, { maxLength: 25 }).map((parts) => parts.join('')),
  );
  await fc.assert(
    fc.asyncProperty(text, async (content) => {
      writeFileSync(file, content);
      const lines = content.split(/\r\n|\n|\r/).length;
      const result = await readDeclaredConfig(file, {});
      if (result.ok) return;
      expect(result.problems.length).toBeGreaterThan(0);
      for (const { line, column, message } of result.problems) {
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(lines);
        expect(column).toBeGreaterThanOrEqual(1);
        expect(message).not.toBe('');
      }
    }),
    { numRuns: 1500 },
  );
});
