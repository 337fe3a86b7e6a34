import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Harness, startEngine } from '../helpers/engine.ts';

const patient = { timeout: 30_000, interval: 50 };

let engine: Harness | null = null;

afterEach(async () => {
  await engine?.stop();
  engine = null;
});

async function startCall(): Promise<Harness> {
  engine = await startEngine({ undeclared: true });
  await engine.call('setup.tryCall', {});
  return engine;
}

async function waitingCard(harness: Harness) {
  return vi.waitFor(async () => {
    const { approvals } = await harness.call('snapshot', {});
    const [card] = approvals.filter(({ status }) => status === 'pending');
    if (!card) throw new Error('no card yet');
    return card;
  }, patient);
}

describe('the test call of the first run', () => {
  it('is refused when the person denies it, and leaves neither agent nor server behind', async () => {
    const harness = await startCall();
    expect((await harness.call('setup.tryResult', {})).state).toBe('waiting');
    const card = await waitingCard(harness);
    await harness.call('approvals.denyAll', {
      agentId: card.agentId,
      denyNote: null,
      input: 'pointer',
      shownAt: Date.now() - 5000,
    });
    await vi.waitFor(async () => expect((await harness.call('setup.tryResult', {})).state).toBe('refused'), patient);
    await vi.waitFor(async () => {
      const { agents, servers } = await harness.call('snapshot', {});
      expect([agents, servers]).toEqual([[], []]);
    }, patient);
  });

  it('ends with the engine, and the next one knows nothing of it', async () => {
    const harness = await startCall();
    await waitingCard(harness);
    const { dir } = harness;
    await harness.engine.stop();
    const next = await startEngine({ undeclared: true, dir });
    const { agents, servers } = await next.call('snapshot', {});
    expect([agents, servers]).toEqual([[], []]);
    await next.stop();
  });

  it('is asked for once: the profile is set up after it was finished', async () => {
    engine = await startEngine({ undeclared: true });
    expect(await engine.call('setup.state', {})).toEqual({ isDone: false });
    await engine.call('setup.finish', {});
    expect(await engine.call('setup.state', {})).toEqual({ isDone: true });
  });
});
