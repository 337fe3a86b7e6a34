import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ArgumentValidator } from '../../electron/engine/pipeline/argument-validator.ts';
import type { JsonObject } from '../../electron/engine/wire/json-rpc.ts';
import { declareAgent, npmServer, startEngine, tokens } from '../helpers/engine.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const all = { 'everything__*': 'allow', 'files__*': 'allow', 'memory__*': 'allow' } as const;

async function start(tools: Record<string, 'allow' | 'deny'>) {
  const folder = mkdtempSync(join(tmpdir(), 'scopegate-files-'));
  stops.push(() => rmSync(folder, { recursive: true, force: true }));
  const harness = await startEngine({
    servers: [
      { id: 'everything', transport: npmServer('everything'), trusted: false },
      { id: 'files', transport: npmServer('filesystem', folder), trusted: false },
      { id: 'memory', transport: npmServer('memory'), trusted: false },
    ],
    agents: [declareAgent('one', tokens.one, { tools })],
  });
  stops.push(() => harness.stop());
  return { harness, client: await harness.connect(tokens.one) };
}

describe('a call of a tool an agent does not see', () => {
  it('is refused as one that does not exist, after the same work, and the person sees what was tried (security)', async () => {
    const { harness, client } = await start({ ...all, everything__echo: 'deny' });
    const call = (name: string) =>
      client.callTool({ name, arguments: { message: 'a try' } }).then(
        () => null,
        (error: Error) => error.message.replaceAll(name, '?'),
      );
    expect(await call('everything__echo')).toBe(await call('everything__nothing'));
    const { calls } = await harness.call('snapshot', {});
    const hidden = calls.find(({ tool }) => tool === 'echo');
    const missing = calls.find(({ tool }) => tool === 'everything__nothing');
    expect(hidden).toMatchObject({ outcome: 'denied', effect: 'deny', serverId: 'everything', subject: 'a try' });
    expect(missing).toMatchObject({ outcome: 'not_found', effect: null, serverId: '', subject: 'a try' });
    // what costs time with the arguments is done for both: kept, digested, rated
    for (const row of [hidden, missing]) {
      const detail = await harness.call('calls.detail', { id: row?.id ?? '' });
      expect(detail).toMatchObject({ arguments: { message: 'a try' }, argumentsDigest: expect.any(String) });
    }
  });
});

describe('the input schemas of real servers', () => {
  it('can all be checked', async () => {
    const { client } = await start(all);
    const { tools } = await client.listTools();
    expect(new Set(tools.map(({ name }) => name.split('__')[0]))).toEqual(new Set(['everything', 'files', 'memory']));
    const validator = new ArgumentValidator();
    for (const tool of tools) {
      const checked = validator.check(tool.name, tool as unknown as JsonObject, {});
      expect(checked.ok ? '' : checked.message).not.toMatch(/cannot/);
    }
  });
});
