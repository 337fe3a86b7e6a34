import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declareAgent, fakeServer, type Harness, startEngine, textOf, tokens } from '../helpers/engine.ts';

let harness: Harness;
let client: Client;

beforeAll(async () => {
  harness = await startEngine({
    servers: (['legacy', 'modern'] as const).map((era) => ({
      id: era,
      transport: fakeServer('stray-server.mjs', era),
      trusted: false,
    })),
    agents: [declareAgent('one', tokens.one, { defaultEffect: 'allow' })],
  });
  client = await harness.connect(tokens.one);
}, 60_000);

afterAll(() => harness.stop());

describe.each(['legacy', 'modern'] as const)('a %s server that does not keep to its own answers', (era) => {
  const call = async (name: string) => textOf(await client.callTool({ name: `${era}__${name}`, arguments: {} }));
  const notes = async () => {
    const { lines } = await harness.call('servers.logs', { id: era });
    return lines.map(({ text }) => text).join('\n');
  };

  it('is heard once where it answers twice, and the log says so (security)', async () => {
    expect(await call('twice')).toBe('first');
    expect(await call('good')).toBe('good');
    expect(await notes()).toMatch(/Dropped an answer nobody waits for \(id \d+\)/);
  });

  it('is not heard late: the call was cancelled, and the next one gets its own answer (security)', async () => {
    const giveUp = new AbortController();
    const held = client.callTool({ name: `${era}__hold`, arguments: {} }, undefined, { signal: giveUp.signal });
    const ended = expect(held).rejects.toThrow();
    await expect
      .poll(async () => (await harness.call('snapshot', {})).calls.some((one) => one.tool === 'hold'), {
        timeout: 30_000,
      })
      .toBe(true);
    giveUp.abort();
    await ended;
    expect(await call('release')).toBe('released');
    expect(await call('good')).toBe('good');
  });

  it('is not heard under ids nobody gave, or that are no ids (security)', async () => {
    expect(await call('strangers')).toBe('own');
    expect(await notes()).toContain('Dropped an answer without an id.');
  });

  it('is refused where its answer contradicts itself (security)', async () => {
    expect(await call('both')).toBe('one');
    expect(await notes()).toContain('Refused a message with two contradicting members');
  });

  it.each([
    ['alone', 'deep'],
    ['in a batch', 'deep-in-batch'],
  ])('ends its call with an error where its answer, %s, is nested too deep (security)', async (_how, name) => {
    expect(await call(name)).toContain('it did not keep to the protocol');
    expect(await notes()).toContain('Refused a message that is nested too deep.');
    expect(await call('good')).toBe('good');
  });

  it.each(['noise', 'large-notice'])('goes on after %s, and so does everybody else (security)', async (name) => {
    expect(await call(name)).toContain('after the');
    expect(await call('good')).toBe('good');
  });
});
