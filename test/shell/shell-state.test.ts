import { describe, expect, test } from 'vitest';
import type { Engine } from '../../electron/engine/contract.ts';
import type { BridgeEvent, ServerView, Snapshot } from '../../electron/shared/index.ts';
import {
  countConnectedAgents,
  countSessions,
  followEngine,
  type ShellState,
} from '../../electron/shell/shell-state.ts';
import { makeVaultStatus } from '../helpers/empty-vault.ts';
import { makeAgent, makeApproval, makeEvent, makeSnapshot, makeStatus } from './bridge-values.ts';

function makeServerView(id: string): ServerView {
  return {
    ...{ id, name: 'Files', enabled: true, trusted: false, status: 'running', lastError: null, serverInfo: null },
    transport: { kind: 'http', url: 'http://127.0.0.1:9000/mcp', headers: {} },
    asks: { elicitation: 'allow', sampling: 'ask', roots: 'ask' },
    ...{ protocolVersion: null, toolCount: 1, unreviewedCount: 0, reviewed: true, startedAt: null, pid: null },
    managed: false,
  };
}

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

  test('follows the vault and which servers need a sign-in, and nothing else of them', async () => {
    const { engine, send } = scriptedEngine(async () => makeSnapshot());
    const states: ShellState[] = [];
    await followEngine(engine, (state) => states.push(state));
    const signIn = {
      ...{ state: 'needed' as const, service: null, scopes: [], expiresAt: null, renewable: false },
      ...{ message: null, fix: null, since: null },
    };
    const server = { ...makeServerView('files'), signIn };
    send(makeEvent(1, { type: 'vault.changed', vault: makeVaultStatus({ state: 'unlocked' }) }));
    send(makeEvent(2, { type: 'vault.changed', vault: makeVaultStatus({ state: 'unlocked', secrets: 3 }) }));
    send(makeEvent(3, { type: 'server.changed', server }));
    send(makeEvent(4, { type: 'server.changed', server: { ...server, toolCount: 7 } }));
    send(makeEvent(5, { type: 'server.changed', server: { ...server, signIn: { ...signIn, state: 'signed_in' } } }));
    send(makeEvent(6, { type: 'server.changed', server }));
    send(makeEvent(7, { type: 'server.removed', id: 'files' }));
    expect(states.map(({ vault }) => vault).slice(0, 2)).toEqual(['empty', 'unlocked']);
    expect(states.map(({ signInsNeeded }) => [...signInsNeeded.values()])).toEqual([
      [],
      [],
      ['Files'],
      [],
      ['Files'],
      [],
    ]);
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
