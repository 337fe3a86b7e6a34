import type {
  AgentView,
  ApprovalState,
  ApprovalView,
  BridgeEvent,
  EngineStatus,
  EventBody,
  Snapshot,
} from '../../electron/shared/index.ts';
import { makeVaultStatus } from '../helpers/empty-vault.ts';

/** Values of the bridge contract for tests that need one and care for a few of its members only. */
export function makeApproval(own: Partial<ApprovalView> = {}): ApprovalView {
  return {
    id: 'approval-1',
    callId: 'call-1',
    agentId: 'agent-1',
    agentName: 'Claude Code',
    tokenHint: 'sgk_ab12_…9f2c',
    clientName: null,
    agentFirstSeenAt: 1,
    priorCalls: 0,
    serverId: 'github',
    serverName: 'GitHub',
    tool: 'delete_repository',
    toolDescription: null,
    subject: 'acme/app',
    process: null,
    arguments: { owner: 'acme', repo: 'app' },
    masked: [],
    otherParams: {},
    method: 'tools/call',
    kind: 'tool',
    digest: 'digest-1',
    risk: { tier: 'destructive', reasons: [] },
    decision: { effect: 'ask', reasonCode: 'switch_tool', reason: 'Set to Ask.', policyVersion: 1, trace: [] },
    status: 'pending',
    waiting: 1,
    createdAt: 1,
    expiresAt: 2,
    decidedAt: null,
    decidedBy: null,
    denyReason: null,
    denyNote: null,
    argumentsDigest: null,
    credentialNames: [],
    stoppedAt: null,
    toReview: false,
    edited: null,
    editedDigest: null,
    remembered: null,
    ...own,
  };
}

export function makeAgent(own: Partial<AgentView> = {}): AgentView {
  return {
    id: 'agent-1',
    name: 'Claude Code',
    tokenHint: 'sgk_ab12_…9f2c',
    clientName: null,
    paused: false,
    defaultEffect: null,
    limit: null,
    toolLimit: null,
    createdAt: 1,
    lastSeenAt: null,
    sessions: 0,
    managed: false,
    ...own,
  };
}

export function makeStatus(own: Partial<EngineStatus> = {}): EngineStatus {
  return {
    state: 'running',
    mcpUrl: 'http://127.0.0.1:7420/mcp',
    port: 7420,
    paused: false,
    listenerFault: null,
    degradedReason: null,
    policyVersion: 1,
    version: '0.1.0',
    host: 'electron',
    dataDir: '/data',
    keyProtection: 'os-keyring',
    startedAt: 1,
    recoveredCalls: 0,
    configFile: null,
    ...own,
  };
}

export function makeApprovalState(own: Partial<ApprovalState> = {}): ApprovalState {
  return {
    settings: { timeoutMs: 300_000, cooldownMs: 120_000, whenAway: 'hold', awayOnLock: true },
    away: null,
    screenLocked: false,
    screenWatched: false,
    stepUp: { available: false, method: '', reason: 'This host cannot check who is there.' },
    toReview: 0,
    grants: [],
    ...own,
  };
}

export function makeSnapshot(own: Partial<Snapshot> = {}): Snapshot {
  return {
    epoch: 'e',
    revision: 0,
    engine: makeStatus(),
    agents: [],
    servers: [],
    approvals: [],
    approvalState: makeApprovalState(),
    vault: makeVaultStatus(),
    credentials: [],
    calls: [],
    ...own,
  };
}

export function makeEvent(revision: number, body: EventBody): BridgeEvent {
  return { epoch: 'e', revision, at: revision, body };
}
