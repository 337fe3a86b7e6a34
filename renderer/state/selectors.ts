import type { AgentView, ApprovalView, ServerView } from '../../electron/shared/index.ts';
import type { EngineState } from './store.ts';

/** Questions that wait for the person, oldest first. Makes a new array: use with `useShallow`. */
export function selectPending(state: EngineState): ApprovalView[] {
  return state.approvals.filter((approval) => approval.status === 'pending');
}

export function selectPendingCount(state: EngineState): number {
  return state.approvals.reduce((count, approval) => count + (approval.status === 'pending' ? 1 : 0), 0);
}

export function selectAgent(state: EngineState, id: string): AgentView | undefined {
  return state.agents.find((agent) => agent.id === id);
}

export function selectServer(state: EngineState, id: string): ServerView | undefined {
  return state.servers.find((server) => server.id === id);
}

/** The engine answers, and what is shown is its present state. */
export function selectIsInStep(state: EngineState): boolean {
  return state.phase === 'ready' && state.connection.connected;
}
