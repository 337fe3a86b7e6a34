import type { Engine } from '../engine/contract.ts';
import type {
  ApprovalState,
  ApprovalView,
  BridgeEvent,
  EngineStatus,
  ServerView,
  VaultStatus,
} from '../shared/index.ts';
import { bridgeMethods } from '../shared/index.ts';

/** What the tray, the menu and the notifications show: a reading of the engine's events, never a source of decisions. */
export interface ShellState {
  engine: EngineStatus;
  /** Open sessions by agent id. */
  sessions: ReadonlyMap<string, number>;
  /** Approvals that wait for a person, oldest first. */
  waiting: readonly ApprovalView[];
  approvals: ApprovalState;
  vault: VaultStatus['state'];
  /** Servers that refuse calls until a person signs in there, by id; the name is the person's own. */
  signInsNeeded: ReadonlyMap<string, string>;
}

export function countSessions(state: ShellState): number {
  let total = 0;
  for (const sessions of state.sessions.values()) total += sessions;
  return total;
}

export function countConnectedAgents(state: ShellState): number {
  let connected = 0;
  for (const sessions of state.sessions.values()) if (sessions > 0) connected += 1;
  return connected;
}

/** The state after one event; the very same object when the event says nothing the shell shows. */
export function reduceShellState(state: ShellState, event: BridgeEvent): ShellState {
  const { body } = event;
  switch (body.type) {
    case 'engine.changed':
      return { ...state, engine: body.engine };
    case 'agent.changed':
      if (state.sessions.get(body.agent.id) === body.agent.sessions) return state;
      return { ...state, sessions: new Map(state.sessions).set(body.agent.id, body.agent.sessions) };
    case 'agent.removed': {
      if (!state.sessions.has(body.id)) return state;
      const sessions = new Map(state.sessions);
      sessions.delete(body.id);
      return { ...state, sessions };
    }
    case 'approval.changed':
      return { ...state, waiting: mergeApproval(state.waiting, body.approval) };
    case 'approvals.changed':
      return { ...state, approvals: body.state };
    case 'vault.changed':
      return body.vault.state === state.vault ? state : { ...state, vault: body.vault.state };
    case 'server.changed':
      return noteSignIn(state, body.server.id, needsSignIn(body.server) ? body.server.name : null);
    case 'server.removed':
      return noteSignIn(state, body.id, null);
    default:
      return state;
  }
}

function needsSignIn(server: ServerView): boolean {
  return server.enabled && server.signIn?.state === 'needed';
}

function noteSignIn(state: ShellState, id: string, name: string | null): ShellState {
  if ((state.signInsNeeded.get(id) ?? null) === name) return state;
  const signInsNeeded = new Map(state.signInsNeeded);
  if (name === null) signInsNeeded.delete(id);
  else signInsNeeded.set(id, name);
  return { ...state, signInsNeeded };
}

function mergeApproval(waiting: readonly ApprovalView[], approval: ApprovalView): readonly ApprovalView[] {
  const index = waiting.findIndex((known) => known.id === approval.id);
  if (approval.status !== 'pending') return index < 0 ? waiting : waiting.filter((known) => known.id !== approval.id);
  if (index < 0) return [...waiting, approval];
  return waiting.map((known) => (known.id === approval.id ? approval : known));
}

/**
 * Follows the engine: reports the state now and after each change. Resolves with the end of the subscription once the
 * first state has been reported. Events that come while the snapshot is made are not lost.
 */
export async function followEngine(engine: Engine, report: (state: ShellState) => void): Promise<() => void> {
  let state: ShellState | null = null;
  const early: BridgeEvent[] = [];
  const unsubscribe = engine.subscribe((event) => {
    if (state === null) {
      early.push(event);
      return;
    }
    const next = reduceShellState(state, event);
    if (next === state) return;
    state = next;
    report(next);
  });

  const response = await engine.dispatch({ id: 0, method: 'snapshot', params: {} });
  if (!response.ok) {
    unsubscribe();
    throw new Error(`The engine gave no snapshot: ${response.error.message}`);
  }
  const snapshot = bridgeMethods.snapshot.result.parse(response.value);
  const first: ShellState = {
    engine: snapshot.engine,
    sessions: new Map(snapshot.agents.map((agent) => [agent.id, agent.sessions])),
    waiting: snapshot.approvals.filter((approval) => approval.status === 'pending'),
    approvals: snapshot.approvalState,
    vault: snapshot.vault.state,
    signInsNeeded: new Map(snapshot.servers.filter(needsSignIn).map(({ id, name }) => [id, name])),
  };
  state = early.filter((event) => event.revision > snapshot.revision).reduce(reduceShellState, first);
  report(state);
  return unsubscribe;
}
