import { expect, it, onTestFinished, vi } from 'vitest';
import type { Rule } from '../../electron/shared/index.ts';
import { declareAgent, fakeServer, startEngine, textOf, tokens } from '../helpers/engine.ts';
import { patient } from '../helpers/gateway.ts';

it('a rule made while calls wait for a person holds its limit for them (security)', async () => {
  const harness = await startEngine({
    servers: [{ id: 's', transport: fakeServer('stdio-server.mjs', 'plain'), trusted: false }],
    agents: [declareAgent('one', tokens.one, { defaultEffect: 'ask' })],
  });
  onTestFinished(() => harness.stop());
  const client = await harness.connect(tokens.one);
  const waiting = ['1', '2', '3'].map((message) => client.callTool({ name: 's__echo', arguments: { message } }));
  await vi.waitFor(async () => expect((await harness.call('snapshot', {})).approvals).toHaveLength(3), patient);

  const about = {
    id: 'echo',
    name: 'echo',
    enabled: true,
    effect: 'allow',
    agent: '*',
    server: 's',
    tool: 'echo',
  } as const;
  const value: Rule = { ...about, conditions: [], limit: { count: 2, per: 'h' }, expiresAt: null };
  await harness.call('policy.change', { changes: [{ kind: 'rule', id: 'echo', value }], version: null });
  const texts = (await Promise.all(waiting)).map(textOf);
  expect(texts.filter((text) => /Rate limit reached/.test(text))).toHaveLength(1);
  expect((await harness.call('snapshot', {})).approvals).toEqual([]);
});
