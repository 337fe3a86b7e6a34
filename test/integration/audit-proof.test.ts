import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startEngine } from '../helpers/engine.ts';

async function start() {
  const harness = await startEngine();
  onTestFinished(() => harness.stop());
  return harness;
}

describe('the proof of a running engine’s log', () => {
  it('is made beside the calls and told as it goes', async () => {
    const harness = await start();
    expect(await harness.call('audit.proof', {})).toMatchObject({
      ...{ problem: null, durability: 'by-tier', retention: { days: null, megabytes: null }, report: null, run: null },
      firstKeys: [expect.any(String)],
    });
    await harness.call('audit.verify', {});
    await vi.waitFor(
      () => {
        const proofs = harness.events.flatMap(({ body }) => (body.type === 'audit.proof' ? [body.proof] : []));
        expect(proofs.at(-1)).toMatchObject({ run: null, report: { verdict: 'whole', problems: [] } });
      },
      { timeout: 15_000 },
    );
    await harness.call('audit.stopVerify', {});
  });

  it('writes down what a person changes of it, and keeps it over a restart', async () => {
    const harness = await start();
    await harness.call('audit.setDurability', { durability: 'full' });
    expect(await harness.call('audit.setRetention', { days: 90, megabytes: 500 })).toEqual({ pruned: 0 });
    expect(await harness.call('audit.retry', {})).toEqual({ problem: null });
    await harness.engine.stop();
    const next = await startEngine({ dir: harness.dir });
    onTestFinished(() => next.stop());
    const proof = await next.call('audit.proof', {});
    expect(proof).toMatchObject({ durability: 'full', retention: { days: 90, megabytes: 500 } });
    expect(proof.checkpoint).not.toBeNull();
  });
});
