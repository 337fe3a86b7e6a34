import { describe, expect, test } from 'vitest';
import type { Engine } from '../../electron/engine/contract.ts';
import type { BridgeEvent, Snapshot } from '../../electron/shared/index.ts';
import {
  countConnectedAgents,
  countSessions,
  followEngine,
  type ShellState,
} from '../../electron/shell/shell-state.ts';
import { makeAgent, makeApproval, makeEvent, makeSnapshot, makeStatus } from './bridge-values.ts';

/** An engine that says what it is told to say. */
function scriptedEngine(snapshot: () => Promise<Snapshot>): { engine: Engine; send: (event: BridgeEvent) => void } {
  const listeners = new Set<(event: BridgeEvent) => void>();
  return {
    engine: {
      dispatch: async () => ({ id: 0, ok: true, value: await snapshot() }),
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      status: makeStatus,
      scrape: async () => ({ kind: 'off' }),
      stop: async () => undefined,
    },
    send(event) {
      for (const listener of listeners) listener(event);
    },
  };
}

describe('followEngine', () => {
  test('reports the state now and after each change', async () => {
    const { engine, send } = scriptedEngine(async () =>
      makeSnapshot({
        agents: [makeAgent({ id: 'a', sessions: 2 })],
        approvals: [makeApproval({ id: 'armed', status: 'approved' }), makeApproval({ id: 'p1' })],
      }),
    );
    const states: ShellState[] = [];
    await followEngine(engine, (state) => states.push(state));
    send(makeEvent(1, { type: 'approval.changed', approval: makeApproval({ id: 'p2' }) }));
    send(makeEvent(2, { type: 'agent.changed', agent: makeAgent({ id: 'b', sessions: 1 }) }));
    send(makeEvent(3, { type: 'approval.changed', approval: makeApproval({ id: 'p1', status: 'denied' }) }));
    send(makeEvent(4, { type: 'agent.removed', id: 'a' }));
    send(makeEvent(5, { type: 'engine.changed', engine: makeStatus({ paused: true }) }));

    expect(states.map((state) => state.waiting.map(({ id }) => id))).toEqual([
      ['p1'],
      ['p1', 'p2'],
      ['p1', 'p2'],
      ['p2'],
      ['p2'],
      ['p2'],
    ]);
    expect(states.map(countSessions)).toEqual([2, 2, 3, 3, 1, 1]);
    expect(states.map(countConnectedAgents)).toEqual([1, 1, 2, 2, 1, 1]);
    expect(states.at(-1)?.engine.paused).toBe(true);
  });

  test('reports nothing for what the shell does not show', async () => {
    const { engine, send } = scriptedEngine(async () => makeSnapshot({ agents: [makeAgent()] }));
    const states: ShellState[] = [];
    await followEngine(engine, (state) => states.push(state));
    send(makeEvent(1, { type: 'matrix.changed', agentId: null }));
    send(makeEvent(2, { type: 'agent.changed', agent: makeAgent({ lastSeenAt: 5 }) }));
    expect(states).toHaveLength(1);
  });

  test('loses no event that comes while the snapshot is made', async () => {
    let deliver: (snapshot: Snapshot) => void = () => undefined;
    const { engine, send } = scriptedEngine(() => new Promise((resolve) => (deliver = resolve)));
    const states: ShellState[] = [];
    const followed = followEngine(engine, (state) => states.push(state));
    send(makeEvent(4, { type: 'approval.changed', approval: makeApproval({ id: 'in the snapshot' }) }));
    send(makeEvent(5, { type: 'approval.changed', approval: makeApproval({ id: 'after it' }) }));
    deliver(makeSnapshot({ revision: 4 }));
    await followed;
    expect(states.map((state) => state.waiting.map(({ id }) => id))).toEqual([['after it']]);
  });

  test('ends when asked to', async () => {
    const { engine, send } = scriptedEngine(async () => makeSnapshot());
    const states: ShellState[] = [];
    const end = await followEngine(engine, (state) => states.push(state));
    end();
    send(makeEvent(1, { type: 'engine.changed', engine: makeStatus({ paused: true }) }));
    expect(states).toHaveLength(1);
  });
});
