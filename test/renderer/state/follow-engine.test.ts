import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createBridge } from '../../../renderer/bridge/client.ts';
import { followEngine } from '../../../renderer/state/follow-engine.ts';
import { createEngineStore, maxCalls } from '../../../renderer/state/store.ts';
import { createFakeChannel, type FakeChannel, makeApproval, makeCall, makeSnapshot } from '../fake-channel.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

function follow(channel: FakeChannel) {
  const store = createEngineStore();
  stops.push(followEngine(createBridge(channel), store));
  const snapshots = () => channel.requests.filter((request) => request.method === 'snapshot').length;
  const callIds = () => store.getState().calls.map((call) => call.id);
  const ready = () => vi.waitFor(() => expect(store.getState().phase).toBe('ready'));
  return { store, snapshots, callIds, ready };
}

const changed = (id: string, at = 1) => ({ type: 'call.changed', call: makeCall({ id, at }) }) as const;

describe('followEngine', () => {
  it('begins with a snapshot and then applies events in their order', async () => {
    const channel = createFakeChannel(makeSnapshot({ calls: [makeCall({ id: 'a' })] }));
    const { callIds, ready, snapshots } = follow(channel);
    await ready();
    channel.emit(changed('b', 2));
    channel.emit(changed('c', 3));
    await vi.waitFor(() => expect(callIds()).toEqual(['c', 'b', 'a']));
    expect(snapshots()).toBe(1);
  });

  it('draws a question at once on a hidden page, whose timers may take a second, and nothing else', async () => {
    vi.stubGlobal('document', { hidden: true });
    onTestFinished(() => void vi.unstubAllGlobals());
    const channel = createFakeChannel(makeSnapshot({ calls: [makeCall({ id: 'a' })] }));
    const { callIds, ready, store } = follow(channel);
    await ready();
    channel.emit(changed('b', 2));
    expect(callIds()).toEqual(['a']);
    channel.emit({ type: 'approval.changed', approval: makeApproval({ id: 'question' }) });
    expect(store.getState().approvals.map(({ id }) => id)).toContain('question');
    expect(callIds()).toEqual(['b', 'a']);
  });

  it('keeps events that come before the snapshot and applies those it does not contain', async () => {
    const channel = createFakeChannel(makeSnapshot({ revision: 12, calls: [makeCall({ id: 'a' })] }));
    const { callIds, ready, snapshots, store } = follow(channel);
    channel.emit(changed('contained', 2), 12);
    channel.emit(changed('after', 3), 13);
    await ready();
    await vi.waitFor(() => expect(callIds()).toEqual(['after', 'a']));
    expect(store.getState().revision).toBe(13);
    expect(snapshots()).toBe(1);
  });

  it('takes a new snapshot when an event is missing', async () => {
    const channel = createFakeChannel(makeSnapshot());
    const { callIds, ready, snapshots, store } = follow(channel);
    await ready();
    channel.snapshot = makeSnapshot({
      revision: 12,
      calls: [makeCall({ id: 'missed' }), makeCall({ id: 'told', at: 0 })],
    });
    channel.emit(changed('told', 0), 12);
    await vi.waitFor(() => expect(callIds()).toEqual(['missed', 'told']));
    expect(snapshots()).toBe(2);
    expect(store.getState().revision).toBe(12);
  });

  it('puts events in order when they arrive out of it within one batch', async () => {
    const channel = createFakeChannel(makeSnapshot());
    const { callIds, ready, snapshots } = follow(channel);
    await ready();
    channel.emit(changed('second', 2), 12);
    channel.emit(changed('first', 1), 11);
    await vi.waitFor(() => expect(callIds()).toEqual(['second', 'first']));
    expect(snapshots()).toBe(1);
  });

  it('ignores an event it has applied already', async () => {
    const channel = createFakeChannel(makeSnapshot());
    const { store, ready, snapshots, callIds } = follow(channel);
    await ready();
    channel.emit(changed('a'), 11);
    channel.emit(changed('a'), 11);
    channel.emit(changed('b', 2), 12);
    await vi.waitFor(() => expect(callIds()).toEqual(['b', 'a']));
    expect(store.getState().revision).toBe(12);
    expect(snapshots()).toBe(1);
  });

  it('forgets everything of another epoch', async () => {
    const channel = createFakeChannel(makeSnapshot({ calls: [makeCall({ id: 'old' })] }));
    const { callIds, ready, store } = follow(channel);
    await ready();
    channel.snapshot = makeSnapshot({ epoch: 'epoch-2', revision: 1, calls: [makeCall({ id: 'new' })] });
    channel.emit(changed('new'), 1);
    await vi.waitFor(() => expect(store.getState().epoch).toBe('epoch-2'));
    expect(callIds()).toEqual(['new']);
  });

  it('takes a new snapshot after the connection was lost, and keeps what it shows meanwhile', async () => {
    const channel = createFakeChannel(makeSnapshot({ calls: [makeCall({ id: 'a' })] }));
    const { callIds, ready, snapshots, store } = follow(channel);
    await ready();
    channel.setConnection(false, 3);
    expect(store.getState().connection).toEqual({ connected: false, attempt: 3 });
    expect(callIds()).toEqual(['a']);
    channel.snapshot = makeSnapshot({ revision: 20, calls: [makeCall({ id: 'b', at: 2 })] });
    channel.setConnection(true, 0);
    await vi.waitFor(() => expect(callIds()).toEqual(['b', 'a']));
    expect(snapshots()).toBe(2);
  });

  it('says why when there is no snapshot to be had', async () => {
    const channel = createFakeChannel(makeSnapshot());
    channel.request = async ({ id }) => ({
      id,
      ok: false,
      error: { code: 'unavailable', message: 'The database is locked.', fix: 'Close the other ScopeGate.' },
    });
    const { store } = follow(channel);
    await vi.waitFor(() => expect(store.getState().phase).toBe('failed'));
    expect(store.getState().failure).toEqual({ message: 'The database is locked.', fix: 'Close the other ScopeGate.' });
  });

  it('drops an event that does not parse, and then finds the gap', async () => {
    const channel = createFakeChannel(makeSnapshot());
    const { ready, snapshots } = follow(channel);
    await ready();
    channel.emit({ type: 'call.changed', call: { id: 'broken' } } as never);
    channel.snapshot = makeSnapshot({ revision: 12 });
    channel.emit(changed('a'));
    await vi.waitFor(() => expect(snapshots()).toBe(2));
  });

  it('never holds more than 5,000 calls', async () => {
    const channel = createFakeChannel(makeSnapshot());
    const { store, ready } = follow(channel);
    await ready();
    for (let index = 0; index < maxCalls + 10; index += 1) channel.emit(changed(`call-${index}`, index));
    await vi.waitFor(() => expect(store.getState().calls[0]?.id).toBe(`call-${maxCalls + 9}`));
    expect(store.getState().calls).toHaveLength(maxCalls);
  });

  it('follows agents, servers, approvals and the engine', async () => {
    const channel = createFakeChannel(makeSnapshot({ approvals: [makeApproval({ id: 'p' })] }));
    const { store, ready } = follow(channel);
    await ready();
    const before = store.getState().matrixRevision;
    channel.emit({ type: 'approval.changed', approval: makeApproval({ id: 'p', status: 'denied' }) });
    channel.emit({ type: 'approval.changed', approval: makeApproval({ id: 'q' }) });
    channel.emit({ type: 'matrix.changed', agentId: null });
    channel.emit({ type: 'engine.changed', engine: { ...makeSnapshot().engine, paused: true, state: 'paused' } });
    await vi.waitFor(() => expect(store.getState().engine?.paused).toBe(true));
    expect(store.getState().approvals.map(({ id, status }) => [id, status])).toEqual([
      ['p', 'denied'],
      ['q', 'pending'],
    ]);
    expect(store.getState().matrixRevision).toBe(before + 1);
  });
});
