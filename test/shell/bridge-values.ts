import type {
  AgentView,
  ApprovalView,
  BridgeEvent,
  EngineStatus,
  EventBody,
  Snapshot,
} from '../../electron/shared/index.ts';

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
    arguments: { owner: 'acme', repo: 'app' },
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

export function makeSnapshot(own: Partial<Snapshot> = {}): Snapshot {
  return { epoch: 'e', revision: 0, engine: makeStatus(), agents: [], servers: [], approvals: [], calls: [], ...own };
}

export function makeEvent(revision: number, body: EventBody): BridgeEvent {
  return { epoch: 'e', revision, at: revision, body };
}
