import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openReader } from '../../electron/engine/store/reader.ts';
import { declareAgent, fakeServer, type Harness, startEngine, tokens } from '../helpers/engine.ts';
import { patient } from '../helpers/gateway.ts';

/** A secret among the arguments, over the very bridge a page uses. */
const secret = `ghp_${'a1B2'.repeat(6)}`;
let harness: Harness;

beforeAll(async () => {
  harness = await startEngine({
    servers: [{ id: 'github', transport: fakeServer('scene-server.mjs', 'github'), trusted: true }],
    agents: [declareAgent('one', tokens.one, { defaultEffect: 'ask' })],
  });
}, 60_000);

afterAll(() => harness.stop());

it('no snapshot, event, detail or log row holds it; only revealing does, and is written down (security)', async () => {
  const client = await harness.connect(tokens.one);
  const call = client.callTool({ name: 'github__list_issues', arguments: { repository: secret, state: 'open' } });
  const card = await vi.waitFor(async () => {
    const [waiting] = (await harness.call('snapshot', {})).approvals;
    if (!waiting) throw new Error('nothing waits');
    return waiting;
  }, patient);
  const detail = await harness.call('calls.detail', { id: card.callId });
  expect(card.masked).toEqual([{ path: ['repository'], length: secret.length }]);
  expect(detail.masked).toEqual(card.masked);
  const shown = [card, detail, await harness.call('approvals.context', { id: card.id }), harness.events];
  expect(JSON.stringify(shown)).not.toContain(secret);

  const whole = { repository: secret, state: 'open' };
  expect(await harness.call('approvals.reveal', { id: card.id, digest: card.digest })).toEqual({ arguments: whole });
  expect(await harness.call('calls.reveal', { id: card.callId })).toEqual({ arguments: whole });

  const now = Date.now();
  await harness.call('approvals.decide', {
    ...{ id: card.id, digest: card.digest, verdict: 'approve', denyReason: null, denyNote: null },
    ...{ input: 'pointer', shownAt: now - 2000, armedAt: now - 1000 },
  });
  expect((await call).isError ?? false).toBe(false);
  const { approvals } = await harness.call('approvals.history', { before: null, limit: 10 });
  expect(JSON.stringify([approvals, harness.events])).not.toContain(secret);

  const reader = openReader({ file: `${harness.dir}/scopegate.db` });
  const rows = reader.callRows(card.callId);
  reader.close();
  expect(rows.map(({ event }) => event)).toEqual(expect.arrayContaining(['approval.revealed', 'call.revealed']));
  expect(JSON.stringify(rows)).not.toContain(secret);
});
