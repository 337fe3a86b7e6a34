import type {
  ApprovalView,
  BridgeChannel,
  BridgeMethod,
  BridgeRequest,
  BridgeResponse,
  CallDetail,
  CallView,
  EventBody,
  Snapshot,
} from '../../electron/shared/index.ts';
import { makeVaultStatus } from '../helpers/empty-vault.ts';

type Answers = Partial<Record<BridgeMethod, (params: never) => unknown>>;

/** A channel without an engine: a snapshot that events change, and scripted answers. For tests and pictures only. */
export interface FakeChannel extends BridgeChannel {
  /** Sends an event with the next revision, or with the one given. */
  emit(body: EventBody, revision?: number): void;
  setConnection(connected: boolean, attempt: number): void;
  /** Requests so far, oldest first. */
  readonly requests: BridgeRequest[];
  snapshot: Snapshot;
  answers: Answers;
}

export function createFakeChannel(snapshot: Snapshot, host: BridgeChannel['host'] = 'browser'): FakeChannel {
  const eventListeners = new Set<(event: unknown) => void>();
  const connectionListeners = new Set<(state: { connected: boolean; attempt: number }) => void>();
  let revision = snapshot.revision;
  const channel: FakeChannel = {
    host,
    snapshot,
    requests: [],
    answers: {},
    async request(request): Promise<BridgeResponse> {
      channel.requests.push(request);
      if (request.method === 'snapshot') return { id: request.id, ok: true, value: structuredClone(channel.snapshot) };
      const answer = channel.answers[request.method];
      if (answer !== undefined) return { id: request.id, ok: true, value: answer(request.params as never) };
      return {
        id: request.id,
        ok: false,
        error: { code: 'unavailable', message: `No answer to ${request.method} is scripted.`, fix: '' },
      };
    },
    emit(body, given) {
      revision = given ?? revision + 1;
      const event = { epoch: channel.snapshot.epoch, revision, at: Date.now(), body };
      for (const listener of eventListeners) listener(event);
    },
    setConnection(connected, attempt) {
      for (const listener of connectionListeners) listener({ connected, attempt });
    },
    onEvent(listener) {
      eventListeners.add(listener);
      return () => eventListeners.delete(listener);
    },
    onConnection(listener) {
      connectionListeners.add(listener);
      listener({ connected: true, attempt: 0 });
      return () => connectionListeners.delete(listener);
    },
  };
  return channel;
}

export function makeSnapshot(changes: Partial<Snapshot> = {}): Snapshot {
  return {
    epoch: 'epoch-1',
    revision: 10,
    vault: makeVaultStatus(),
    credentials: [],
    engine: {
      state: 'running',
      mcpUrl: 'http://127.0.0.1:7420/mcp',
      port: 7420,
      paused: false,
      listenerFault: null,
      degradedReason: null,
      policyVersion: 42,
      version: '0.1.0',
      host: 'headless',
      dataDir: '/data',
      keyProtection: 'file-mode',
      startedAt: 0,
      recoveredCalls: 0,
      configFile: null,
    },
    agents: [],
    servers: [],
    approvals: [],
    approvalState: {
      settings: { timeoutMs: 300_000, cooldownMs: 120_000, whenAway: 'hold', awayOnLock: true },
      away: null,
      screenLocked: false,
      screenWatched: false,
      stepUp: { available: false, method: '', reason: 'This host cannot check who is there.' },
      toReview: 0,
      grants: [],
    },
    calls: [],
    ...changes,
  };
}

export function makeCall(changes: Partial<CallView> & { id: string }): CallView {
  return {
    at: 1,
    agentId: 'agent-1',
    agentName: 'Claude Code',
    serverId: 'github',
    tool: 'list_issues',
    subject: 'acme/web',
    status: 'settled',
    outcome: 'ok',
    effect: 'allow',
    riskTier: 'read',
    durationMs: 12,
    waitedMs: null,
    approvalId: null,
    expiresAt: null,
    ...changes,
  };
}

export function makeApproval(changes: Partial<ApprovalView> & { id: string }): ApprovalView {
  return {
    callId: `call-of-${changes.id}`,
    agentId: 'agent-1',
    agentName: 'Claude Code',
    tokenHint: 'sgk_ab12_…9f2c',
    clientName: 'claude-code 2.1.317',
    agentFirstSeenAt: 1000,
    priorCalls: 0,
    serverId: 'github',
    serverName: 'github',
    tool: 'delete_repository',
    toolDescription: 'Deletes a repository. Requires admin rights.',
    subject: 'acme/legacy-site',
    process: null,
    arguments: { owner: 'acme', repo: 'legacy-site' },
    masked: [],
    otherParams: {},
    method: 'tools/call',
    kind: 'tool',
    digest: `digest-of-${changes.id}`,
    risk: {
      tier: 'destructive',
      reasons: [{ tier: 'destructive', text: 'Name contains “delete”', source: 'name' }],
    },
    decision: {
      effect: 'ask',
      reasonCode: 'switch_server',
      reason: 'The switch of github is set to Ask.',
      policyVersion: 42,
      trace: [
        { step: 'kill-switch', hit: false, text: 'Pause and kill switch are off' },
        { step: 'switch', hit: true, text: 'The switch of github is set to Ask' },
      ],
    },
    status: 'pending',
    waiting: 1,
    createdAt: 1000,
    expiresAt: 300_000,
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
    ...changes,
  };
}

export function makeDetail(view: CallView, changes: Partial<CallDetail> = {}): CallDetail {
  return {
    view,
    decision: null,
    risk: null,
    arguments: {},
    masked: [],
    argumentsDigest: 'b2d744e190ac7e05',
    result: null,
    resultDigest: null,
    told: null,
    timeline: [],
    clientName: 'claude-code 2.1.317',
    forgotten: false,
    ...changes,
  };
}
