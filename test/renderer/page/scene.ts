import type { AgentView, ApprovalView, CallView, Outcome, ServerView } from '../../../electron/shared/index.ts';
import {
  createFakeChannel,
  type FakeChannel,
  makeApproval,
  makeCall,
  makeDetail,
  makeSnapshot,
} from '../fake-channel.ts';
import { makeStorm, scriptApprovals } from './approval-scene.ts';
import { policyAnswers } from './policy-scene.ts';

const names = ['Claude Code', 'Cursor', 'Codex'];

function makeAgent(index: number, now: number): AgentView {
  return {
    id: `agent-${index}`,
    name: names[index] ?? `Agent ${index}`,
    tokenHint: `sgk_ab1${index}_…9f2c`,
    clientName: 'claude-code 2.1.317',
    paused: false,
    defaultEffect: 'ask',
    limit: null,
    toolLimit: null,
    createdAt: now - 86_400_000,
    lastSeenAt: now,
    sessions: 1,
    managed: false,
  };
}

function makeServer(id: string): ServerView {
  return {
    id,
    name: id,
    transport: { kind: 'http', url: 'http://127.0.0.1:9000/mcp', headers: {} },
    enabled: true,
    trusted: false,
    asks: { elicitation: 'allow', sampling: 'ask', roots: 'ask' },
    status: 'running',
    lastError: null,
    serverInfo: null,
    protocolVersion: '2025-11-25',
    toolCount: 12,
    unreviewedCount: 0,
    reviewed: true,
    startedAt: 0,
    pid: null,
    managed: false,
  };
}

type Row = readonly [
  seconds: number,
  state: Outcome | 'wait' | 'run',
  agent: number,
  server: string,
  tool: string,
  on: string,
  ms: number,
];

const rows: readonly Row[] = [
  [0, 'wait', 0, 'github', 'delete_repository', 'acme/legacy-site', 0],
  [1, 'run', 2, 'browser', 'navigate', 'docs.astro.build/en/guides/images', 0],
  [2, 'run', 0, 'postgres', 'query', 'select id, state from orders where …', 0],
  [3, 'ok', 0, 'github', 'list_pull_requests', 'acme/web', 210],
  [5, 'wait', 1, 'postgres', 'query', 'orders, 50 rows', 0],
  [11, 'denied', 2, 'filesystem', 'write_file', '~/.ssh/authorized_keys', 0.9],
  [13, 'ok', 1, 'filesystem', 'read_file', 'src/routes/checkout.tsx', 14],
  [16, 'ok', 1, 'filesystem', 'read_file', 'src/lib/cart.ts', 11],
  [16, 'ok', 1, 'filesystem', 'search_files', '“applyDiscount”', 86],
  [22, 'ok', 0, 'github', 'get_pull_request', 'acme/web #412', 184],
  [27, 'upstream_error', 0, 'postgres', 'query', 'timed out after 30 s', 30_000],
  [34, 'ok', 0, 'postgres', 'list_tables', 'analytics', 22],
  [41, 'ok', 2, 'browser', 'snapshot', 'docs.astro.build', 402],
  [54, 'ok', 0, 'github', 'create_issue', 'acme/web “Fix login redirect loop”', 318],
  [62, 'denied', 1, 'postgres', 'execute', 'delete from sessions where …', 0.7],
  [69, 'ok', 1, 'filesystem', 'edit_file', 'src/lib/cart.ts +12 −4', 19],
  [76, 'ok', 1, 'filesystem', 'read_file', 'package.json', 8],
  [83, 'cancelled', 2, 'browser', 'click', 'agent cancelled', 2100],
  [90, 'ok', 0, 'slack', 'list_channels', '', 97],
  [95, 'ok', 0, 'github', 'list_issues', 'acme/web state open', 233],
  [103, 'ok', 0, 'filesystem', 'list_directory', '~/Projects/web', 6],
];

function toCall([seconds, state, agent, server, tool, on, ms]: Row, index: number, now: number): CallView {
  const base = {
    id: `call-00${index}-7f3a9c`,
    at: now - seconds * 1000 - 640,
    agentId: `agent-${agent}`,
    agentName: names[agent] ?? '',
    serverId: server,
    tool,
    subject: on,
  };
  if (state === 'wait') {
    const wait = { approvalId: `approval-${index}`, expiresAt: now + 252_000, durationMs: null, outcome: null };
    return makeCall({ ...base, ...wait, status: 'awaiting_approval', effect: 'ask', riskTier: 'destructive' });
  }
  if (state === 'run') return makeCall({ ...base, status: 'running', outcome: null, durationMs: null });
  return makeCall({ ...base, outcome: state, effect: state === 'denied' ? 'deny' : 'allow', durationMs: ms });
}

/** The content of the look's pictures, so that ours can be laid beside them. */
export function makeScene(scene: string): FakeChannel {
  const now = Date.now();
  const calls = rows.map((row, index) => toCall(row, index, now));
  const note = `Superseded by acme/web. Last deploy 2022-03-14, no open pull requests, DNS moved. ${'More words. '.repeat(410)}`;
  const approvals = [
    makeApproval({
      id: 'approval-0',
      expiresAt: now + 252_000,
      createdAt: now - 48_000,
      agentFirstSeenAt: now - 19 * 86_400_000,
      arguments: {
        owner: 'acme',
        repo: 'legacy-site',
        confirm: 'acme/legacy\u200b-site',
        homepage: 'https://g\u0456thub.com@evil.example/a',
        options: { archive_first: false, note },
      },
      risk: {
        tier: 'destructive',
        reasons: [
          { tier: 'destructive', text: 'Name contains “delete”', source: 'name' },
          { tier: 'write', text: 'Hidden character in confirm', source: 'argument' },
        ],
      },
    }),
    makeApproval({
      id: 'approval-4',
      agentName: 'Cursor',
      agentId: 'agent-1',
      serverId: 'postgres',
      serverName: 'postgres',
      tool: 'query',
      subject: 'orders, 50 rows',
      toolDescription: null,
      priorCalls: 23,
      expiresAt: now + 247_000,
      createdAt: now - 53_000,
      arguments: { database: 'shop_staging', sql: "select id, state, total from orders where state = 'open' limit 50" },
      risk: {
        tier: 'read',
        reasons: [{ tier: 'read', text: 'SQL begins with select and has one statement', source: 'argument' }],
      },
    }),
  ];
  const channel = createFakeChannel(
    makeSnapshot({
      agents: names.map((_, index) => makeAgent(index, now)),
      servers: ['github', 'postgres', 'filesystem', 'browser', 'slack'].map(makeServer),
      approvals: approvalsOf(scene, approvals, now),
      calls: scene === 'live' ? calls : [],
    }),
    'electron',
  );
  channel.snapshot.approvalState.grants = ['when repo is "acme/web"', 'with exactly these arguments'].map(
    (text, index) => ({
      id: `grant-${index}`,
      agentId: 'agent-0',
      agentName: 'Claude Code',
      serverId: 'github',
      tool: 'create_issue',
      sentence: `Claude Code may call github: create_issue without asking ${text}`,
      createdAt: now,
      expiresAt: index === 0 ? now + 2_467_000 : null,
      untilQuit: index === 1,
    }),
  );
  script(channel, now);
  scriptApprovals(channel, now);
  if (scene === 'empty') channel.answers['calls.older'] = () => ({ calls: [], more: false });
  return channel;
}

function approvalsOf(scene: string, usual: ApprovalView[], now: number): ApprovalView[] {
  if (scene === 'storm') return makeStorm(now);
  return scene === 'live' ? usual : [];
}

function script(channel: FakeChannel, now: number): void {
  channel.answers = {
    'calls.detail': ({ id }: { id: string }) => {
      const view = channel.snapshot.calls.find((call) => call.id === id) ?? makeCall({ id });
      return makeDetail(view, {
        decision: {
          effect: view.effect ?? 'ask',
          reasonCode: 'switch_tool',
          reason: `${view.agentName} tried to write to your SSH keys. The call was refused before it reached the server.`,
          policyVersion: 42,
          trace: [
            { step: 'kill-switch', hit: false, text: 'Pause and kill switch are off' },
            { step: 'switch', hit: true, text: 'Switch of write_file is set to Block for Codex' },
            { step: 'limit', hit: false, text: 'Limits were not needed' },
          ],
        },
        risk: {
          tier: 'secret',
          reasons: [
            { tier: 'secret', text: 'Path holds login keys', source: 'argument' },
            { tier: 'write', text: 'Tool writes files', source: 'name' },
            { tier: 'read', text: 'Says it only touches the workspace', source: 'server, not trusted' },
          ],
        },
        arguments: { path: '~/.ssh/authorized_keys', content: 'ssh-ed25519 AAAAC3Nz\u202e…\nsecond line' },
        told: 'Blocked by a rule. Writing outside ~/Projects is not permitted here.',
        timeline: [
          { offsetMs: 0, name: 'received', note: null },
          { offsetMs: 0.31, name: 'decided', note: 'deny' },
          { offsetMs: 0.9, name: 'settled', note: null },
        ],
        result: { text: '{"content":[{"type":"text","text":"hello\\u001b[31m"}]}', bytes: 2048, truncated: true },
      });
    },
    'calls.older': () => ({
      calls: Array.from({ length: 50 }, (_, index) =>
        makeCall({ id: `older-${index}`, at: now - 200_000 - index * 5000 }),
      ),
      more: false,
    }),
    'approvals.history': () => ({
      approvals: [
        makeApproval({ id: 'h1', status: 'used', decidedAt: now - 60_000, decidedBy: 'person', arguments: null }),
        makeApproval({
          id: 'h2',
          status: 'denied',
          decidedAt: now - 90_000,
          decidedBy: 'person',
          denyReason: 'too_broad',
          arguments: null,
        }),
        makeApproval({ id: 'h3', status: 'expired', decidedAt: now - 190_000, decidedBy: 'timeout', arguments: null }),
      ],
      more: false,
    }),
    'approvals.decide': ({ id, verdict }: { id: string; verdict: string }) => {
      const approval = channel.snapshot.approvals.find((other) => other.id === id);
      if (approval !== undefined) {
        const status = verdict === 'approve' ? 'used' : 'denied';
        channel.emit({
          type: 'approval.changed',
          approval: { ...approval, status, decidedAt: Date.now(), decidedBy: 'person' },
        });
      }
      return {};
    },
    ...policyAnswers(now),
    'approvals.extend': () => ({ expiresAt: now + 552_000 }),
    'grants.set': ({ changes }: { changes: unknown[] }) => ({ previous: changes }),
    'engine.setPaused': ({ paused }: { paused: boolean }) => {
      channel.snapshot.engine = { ...channel.snapshot.engine, paused, state: paused ? 'paused' : 'running' };
      channel.emit({ type: 'engine.changed', engine: channel.snapshot.engine });
      return {};
    },
  };
}
