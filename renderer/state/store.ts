import { createStore, type StoreApi } from 'zustand/vanilla';
import type {
  AgentView,
  ApprovalState,
  ApprovalView,
  BridgeEvent,
  CallView,
  CredentialView,
  EngineStatus,
  EventBody,
  ServerView,
  Snapshot,
  VaultStatus,
} from '../../electron/shared/index.ts';
import type { Connection } from '../bridge/client.ts';
import { mergeCalls } from './merge-calls.ts';

/** What this window knows about the engine: a replica fed by one snapshot and the events after it. */
export interface EngineState {
  /** `loading` until the first snapshot; `failed` when not even that could be had. */
  phase: 'loading' | 'ready' | 'failed';
  /** Why the last snapshot failed; only shown while there is none at all. */
  failure: { message: string; fix: string } | null;
  connection: Connection;
  /** When the engine was last heard, milliseconds since the epoch. */
  lastHeardAt: number | null;
  epoch: string;
  revision: number;
  engine: EngineStatus | null;
  agents: AgentView[];
  servers: ServerView[];
  /** Pending, armed and recently decided approvals, oldest first. */
  approvals: ApprovalView[];
  /** Settings, presence, remembered approvals: everything about approvals that is no single card. */
  approvalState: ApprovalState | null;
  /** Null until the first snapshot. */
  vault: VaultStatus | null;
  /** Without their values, which no page ever has. */
  credentials: CredentialView[];
  /** Newest first, at most {@link maxCalls}. A call keeps its place when its state changes. */
  calls: CallView[];
  /** Rises when a matrix on the Agents page may be out of date; part of its query key. */
  matrixRevision: number;
  /** Rises when policy is no longer what was read. */
  policyRevision: number;
  /** Rises when other programs' settings, or what was written into them, are no longer what was read. */
  clientsRevision: number;
}

export type EngineStore = StoreApi<EngineState>;

/** Calls kept in the window; older ones are read from the audit log page by page. */
export const maxCalls = 5000;
const maxDecidedApprovals = 50;

export function createEngineStore(): EngineStore {
  return createStore<EngineState>(() => ({
    phase: 'loading',
    failure: null,
    connection: { connected: true, attempt: 0 },
    lastHeardAt: null,
    epoch: '',
    revision: 0,
    engine: null,
    agents: [],
    servers: [],
    approvals: [],
    approvalState: null,
    vault: null,
    credentials: [],
    calls: [],
    matrixRevision: 0,
    policyRevision: 0,
    clientsRevision: 0,
  }));
}

/** The state after a snapshot. Calls known from before are kept when the engine is still the same one. */
export function takeSnapshot(state: EngineState, snapshot: Snapshot): EngineState {
  const sameEngine = state.epoch === snapshot.epoch;
  return {
    ...state,
    phase: 'ready',
    failure: null,
    epoch: snapshot.epoch,
    revision: snapshot.revision,
    engine: snapshot.engine,
    agents: snapshot.agents,
    servers: snapshot.servers,
    approvals: snapshot.approvals,
    approvalState: snapshot.approvalState,
    vault: snapshot.vault,
    credentials: snapshot.credentials,
    calls: mergeCalls(sameEngine ? settledOnly(state.calls) : [], snapshot.calls.toReversed(), maxCalls),
    matrixRevision: state.matrixRevision + 1,
    policyRevision: state.policyRevision + 1,
    clientsRevision: state.clientsRevision + 1,
  };
}

/** The state after events that follow it without a gap; one pass over the calls however many events there are. */
export function applyEvents(state: EngineState, events: readonly BridgeEvent[]): EngineState {
  const last = events.at(-1);
  if (last === undefined) return state;
  const next: EngineState = { ...state, revision: last.revision, lastHeardAt: last.at };
  const changedCalls: CallView[] = [];
  for (const { body } of events) {
    if (body.type === 'call.changed') changedCalls.push(body.call);
    else applyBody(next, body);
  }
  if (changedCalls.length > 0) next.calls = mergeCalls(next.calls, changedCalls, maxCalls);
  return next;
}

function applyBody(next: EngineState, body: Exclude<EventBody, { type: 'call.changed' }>): void {
  switch (body.type) {
    case 'engine.changed':
      next.engine = body.engine;
      return;
    case 'agent.changed':
      next.agents = upsert(next.agents, body.agent);
      return;
    case 'agent.removed':
      next.agents = next.agents.filter((agent) => agent.id !== body.id);
      return;
    case 'server.changed':
      next.servers = upsert(next.servers, body.server);
      return;
    case 'server.removed':
      next.servers = next.servers.filter((server) => server.id !== body.id);
      return;
    case 'matrix.changed':
      next.matrixRevision += 1;
      return;
    case 'policy.changed':
      next.policyRevision += 1;
      // A rule, a grant or a tier moves what switches come to.
      next.matrixRevision += 1;
      return;
    case 'clients.changed':
      next.clientsRevision += 1;
      return;
    case 'approval.changed':
      next.approvals = forgetOldApprovals(upsert(next.approvals, body.approval));
      return;
    case 'approvals.changed':
      next.approvalState = body.state;
      return;
    case 'vault.changed':
      next.vault = body.vault;
      return;
    case 'credential.changed':
      next.credentials = upsert(next.credentials, body.credential);
      return;
    case 'credential.removed':
      next.credentials = next.credentials.filter((credential) => credential.id !== body.id);
  }
}

function upsert<T extends { id: string }>(list: readonly T[], item: T): T[] {
  const index = list.findIndex((other) => other.id === item.id);
  return index === -1 ? [...list, item] : list.with(index, item);
}

function forgetOldApprovals(approvals: ApprovalView[]): ApprovalView[] {
  const decided = approvals.filter((approval) => approval.status !== 'pending');
  if (decided.length <= maxDecidedApprovals) return approvals;
  const forgotten = new Set(decided.slice(0, decided.length - maxDecidedApprovals).map((approval) => approval.id));
  return approvals.filter((approval) => !forgotten.has(approval.id));
}

/** After a gap only the snapshot knows how an unfinished call went on; settled ones never change again. */
function settledOnly(calls: readonly CallView[]): CallView[] {
  return calls.filter((call) => call.status === 'settled');
}
