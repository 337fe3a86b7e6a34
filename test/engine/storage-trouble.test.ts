import { describe, expect, it, vi } from 'vitest';
import { CatalogKeeper } from '../../electron/engine/catalog-keeper.ts';
import type { DecidedCall } from '../../electron/engine/core/stages.ts';
import { approveCall } from '../../electron/engine/pipeline/approve-call.ts';
import type { PipelinePorts } from '../../electron/engine/pipeline/ports.ts';
import { makeExchange } from '../helpers/exchange.ts';

const full = () => {
  throw new Error('disk full');
};

/** Only what is used: the rest of these ports is never reached. */
const partly = <T>(ports: unknown) => ports as T;

describe('a reading of a server’s tools that cannot be written', () => {
  it('is told in the log, and neither ends the engine nor leaves anybody waiting (security)', async () => {
    const error = vi.fn();
    const keeper = new CatalogKeeper(
      partly({
        graceMs: 0,
        catalog: { sync: async () => full(), unread: () => ['s'], markStale: () => {} },
        facts: { of: full },
        log: { info: () => {}, warn: () => {}, error },
      }),
    );
    // a rejection nobody handles fails the run of the tests, as it ends the engine
    keeper.readUnknown();
    await keeper.firstSync(new AbortController().signal, { scope: null, kind: 'name' });
    keeper.toolsChanged('s');
    await vi.waitFor(() => expect(error).toHaveBeenCalledTimes(3));
    await keeper.settled();
    keeper.close();
  });
});

describe('a call that cannot be put to the person', () => {
  it('stops telling its agent that it waits', async () => {
    const notify = vi.fn();
    const setWaiting = vi.fn();
    const exchange = makeExchange({ notify, setWaiting, params: { name: 't', _meta: { progressToken: 1 } } });
    const call = partly<DecidedCall>({ id: '1', exchange, tool: {}, decision: { effect: 'ask' } });
    const ports = partly<PipelinePorts>({
      approvals: { wait: full },
      patience: { giveUpMs: () => 1_000 },
      timing: { progressMs: 5 },
    });
    vi.useFakeTimers();
    try {
      await expect(approveCall(ports, call, null)).rejects.toThrow('disk full');
      expect(setWaiting.mock.calls).toEqual([[true], [false]]);
      vi.advanceTimersByTime(100);
      expect(notify).not.toHaveBeenCalled();
    } finally {
      vi.useRealTimers();
    }
  });
});
