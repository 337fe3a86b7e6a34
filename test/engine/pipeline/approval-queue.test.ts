import { createSecretKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DecidedCall } from '../../../electron/engine/core/stages.ts';
import { EventBus } from '../../../electron/engine/event-bus.ts';
import { type Answer, ApprovalQueue } from '../../../electron/engine/pipeline/approval-queue.ts';
import { AuditGate } from '../../../electron/engine/pipeline/audit-gate.ts';
import type { StoreWriter } from '../../../electron/engine/store/contract.ts';
import { openStore } from '../../../electron/engine/store/open.ts';
import type { ApprovalView } from '../../../electron/shared/index.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };
const clock = { now: () => Date.now() };
const key = createSecretKey(Buffer.alloc(32, 1));

let dir: string;
let store: StoreWriter;
let queue: ApprovalQueue;
let abandoned: string[];

function makeQueue(timing: { timeoutMs?: number; armedMs?: number } = {}): ApprovalQueue {
  return new ApprovalQueue({
    store,
    audit: new AuditGate({ store, log, now: clock.now, onHealth: () => {} }),
    bus: new EventBus(clock, log),
    clock,
    key,
    timing: { timeoutMs: 60_000, extendMs: 60_000, armedMs: 60_000, ...timing },
    facts: () => ({ tokenHint: 'sgk_a…b', firstSeenAt: 1, priorCalls: 0 }),
    onAbandoned: (callId, outcome) => abandoned.push(`${callId} ${outcome}`),
    onWaiting: () => {},
  });
}

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'scopegate-queue-'));
  store = openStore({ file: join(dir, 'scopegate.db') });
  abandoned = [];
  queue = makeQueue();
});

afterEach(() => {
  queue.close();
  store.close();
  rmSync(dir, { recursive: true, force: true });
});

function call(id: string, argumentsDigest = 'same', signal = new AbortController().signal): DecidedCall {
  return {
    id,
    at: 1,
    exchange: {
      era: 'legacy',
      scope: null,
      patienceMs: 50_000,
      canAsk: () => false,
      ask: async () => ({ kind: 'unsupported' }),
      setWaiting: () => {},
      agent: { id: 'a', name: 'Agent' },
      session: null,
      id: 1,
      method: 'tools/call',
      params: {},
      signal,
      receivedAt: 0,
      notify: () => {},
    },
    tool: {
      kind: 'tool',
      serverId: 's',
      serverName: 'Server',
      name: 't',
      exposedName: 's__t',
      definition: { name: 't' },
      definitionHash: 'd',
      reviewed: true,
    },
    arguments: { path: '/tmp/x' },
    otherParams: {},
    params: { name: 't', arguments: { path: '/tmp/x' } },
    argumentsDigest,
    subject: '/tmp/x',
    risk: { tier: 'write', reasons: [] },
    decision: { effect: 'ask', reasonCode: 'switch_tool', reason: '', policyVersion: 1, trace: [] },
  };
}

function answer(card: ApprovalView | undefined, verdict: 'approve' | 'deny') {
  if (!card) throw new Error('no card');
  queue.decide({
    id: card.id,
    digest: card.digest,
    verdict,
    denyReason: null,
    denyNote: null,
    input: 'keyboard',
    shownAt: 0,
    armedAt: 0,
  });
}

describe('ApprovalQueue', () => {
  it('answers one waiting call with one approval and asks again for the identical next one (security)', async () => {
    const answers: Answer[] = [];
    void queue.wait(call('1'), 60_000, () => {}).then((value) => answers.push(value));
    void queue.wait(call('2'), 60_000, () => {}).then((value) => answers.push(value));
    expect(queue.open()).toMatchObject([{ waiting: 2 }]);
    answer(queue.open()[0], 'approve');
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    expect(queue.open()).toMatchObject([{ waiting: 1, callId: '2', status: 'pending' }]);
    answer(queue.open()[0], 'deny');
    await vi.waitFor(() => expect(answers.map((value) => value.kind)).toEqual(['approved', 'denied']));
  });

  it('never folds calls whose arguments differ (security)', () => {
    void queue.wait(call('1', 'x'), 60_000, () => {});
    void queue.wait(call('2', 'y'), 60_000, () => {});
    expect(queue.open()).toHaveLength(2);
  });

  it('keeps the card when the agent gives up, arms one identical call by a later approval, and only one (security)', async () => {
    expect(await queue.wait(call('1'), 1, () => {})).toEqual({ kind: 'parked' });
    expect(queue.open()).toMatchObject([{ waiting: 0, status: 'pending' }]);
    answer(queue.open()[0], 'approve');
    expect(queue.open()).toMatchObject([{ status: 'approved' }]);
    expect(queue.takeParked(call('again'))).toBe('1');
    expect(await queue.wait(call('1'), 60_000, () => {})).toMatchObject({ kind: 'approved' });
    expect(await queue.wait(call('3'), 1, () => {})).toEqual({ kind: 'parked' });
  });

  it('does not let an armed approval through for other arguments (security)', async () => {
    await queue.wait(call('1', 'x'), 1, () => {});
    answer(queue.open()[0], 'approve');
    expect(await queue.wait(call('2', 'y'), 1, () => {})).toEqual({ kind: 'parked' });
  });

  it('ends as expired when nobody answers, and the parked call with it', async () => {
    queue.close();
    queue = makeQueue({ timeoutMs: 30 });
    const waiting = queue.wait(call('1'), 60_000, () => {});
    expect(await waiting).toEqual({ kind: 'expired' });
    await queue.wait(call('2', 'other'), 1, () => {});
    await vi.waitFor(() => expect(abandoned).toEqual(['2 approval_expired']));
    expect(queue.open()).toHaveLength(0);
    expect(queue.history(null, 10)).toHaveLength(2);
  });

  it('leaves the card when the agent cancels', async () => {
    const controller = new AbortController();
    const waiting = queue.wait(call('1', 'same', controller.signal), 60_000, () => {});
    controller.abort();
    expect(await waiting).toEqual({ kind: 'cancelled' });
    expect(queue.open()).toMatchObject([{ waiting: 0, status: 'pending' }]);
  });

  it('still lists its cards after a restart, with the arguments they are about', async () => {
    await queue.wait(call('1'), 1, () => {});
    queue.close();
    queue = makeQueue();
    expect(queue.open()).toMatchObject([{ callId: '1', arguments: { path: '/tmp/x' }, waiting: 0 }]);
    answer(queue.open()[0], 'deny');
    expect(queue.open()).toHaveLength(0);
  });

  it('forgets the arguments of a card that is over (security)', async () => {
    await queue.wait(call('1'), 1, () => {});
    answer(queue.open()[0], 'deny');
    expect(queue.history(null, 10)).toMatchObject([{ status: 'denied', arguments: null }]);
  });

  it('refuses a second answer to the same card (security)', () => {
    void queue.wait(call('1'), 60_000, () => {});
    const [card] = queue.open();
    answer(card, 'deny');
    expect(() => answer(card, 'approve')).toThrow('already been answered');
  });

  it('gives more time when asked', () => {
    void queue.wait(call('1'), 60_000, () => {});
    const [card] = queue.open();
    expect(queue.extend(card?.id ?? '')).toBe((card?.expiresAt ?? 0) + 60_000);
  });

  it('approves nothing while the audit log cannot be written (security)', () => {
    void queue.wait(call('1'), 60_000, () => {});
    vi.spyOn(store, 'appendAudit').mockImplementation(() => {
      throw new Error('disk full');
    });
    expect(() => answer(queue.open()[0], 'approve')).toThrow('audit log');
    expect(queue.open()).toMatchObject([{ status: 'pending' }]);
  });
});
