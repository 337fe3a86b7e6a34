import type {
  ApprovalDecision,
  ApprovalState,
  ApprovalView,
  Fatigue,
  GrantView,
  RememberOffer,
} from '../../../electron/shared/index.ts';
import { type FakeChannel, makeApproval } from '../fake-channel.ts';

const yes = { offered: true, reason: '' };
const day = 86_400_000;

/** What the engine would offer for these arguments of this tier. */
function offerFor({ arguments: args, risk }: ApprovalView): RememberOffer {
  const isHigh = risk.tier === 'destructive';
  const noStepUp = 'This host cannot check who is there.';
  const entries = typeof args === 'object' && args !== null && !Array.isArray(args) ? Object.entries(args) : [];
  return {
    durations: {
      '15m': { ...yes, needsStepUp: false },
      '1h': { ...yes, needsStepUp: false },
      until_quit: { ...yes, needsStepUp: false },
      always: { offered: !isHigh, reason: isHigh ? noStepUp : '', needsStepUp: isHigh },
    },
    matches: {
      exact: yes,
      pattern: yes,
      any: isHigh ? { offered: false, reason: 'Not for tools that destroy data or handle secrets.' } : yes,
    },
    arguments: entries.map(([name, value]) => ({
      name,
      folders: typeof value === 'string' && value.startsWith('/') ? ['/home/ada/web/src', '/home/ada/web'] : [],
      host: typeof value === 'string' && value.startsWith('https://docs.') ? 'docs.example' : null,
    })),
  };
}

function makeGrants(now: number): GrantView[] {
  const base = { agentId: 'agent-1', agentName: 'Cursor', serverId: 'postgres', tool: 'query', createdAt: now };
  return [
    {
      ...base,
      id: 'grant-1',
      sentence: 'For 1 hour Cursor may call postgres: query without asking when database is "shop_staging".',
      expiresAt: now + 2_520_000,
      untilQuit: false,
    },
    {
      ...base,
      id: 'grant-2',
      agentName: 'Claude Code',
      tool: 'read_file',
      sentence: 'Until ScopeGate quits Claude Code may call filesystem: read_file when path is inside "/home/ada/web".',
      expiresAt: null,
      untilQuit: true,
    },
  ];
}

function makeFatigue(now: number): Fatigue {
  const row = { agentId: 'agent-1', agentName: 'Cursor', serverId: 'postgres', tool: 'query' };
  return {
    days: 14,
    perDay: Array.from({ length: 14 }, (_, index) => ({ day: now - (13 - index) * day, asked: (index * 7) % 11 })),
    asked: 66,
    approved: 58,
    denied: 5,
    unanswered: 3,
    medianMs: 4200,
    hastyShare: 0.31,
    rows: [
      {
        ...row,
        asked: 41,
        approved: 40,
        denied: 0,
        unanswered: 1,
        medianMs: 1900,
        suggestion: {
          kind: 'inside',
          value: '/home/ada/web',
          spares: 38,
          text: 'Every approved call was inside /home/ada/web: remember that folder.',
        },
      },
      { ...row, tool: 'execute', asked: 25, approved: 18, denied: 5, unanswered: 2, medianMs: 8300, suggestion: null },
    ],
  };
}

/** Nine questions of one agent at once. */
export function makeStorm(now: number): ApprovalView[] {
  return Array.from({ length: 9 }, (_, index) =>
    makeApproval({
      id: `storm-${index}`,
      tool: index < 6 ? 'delete_repository' : 'create_issue',
      arguments: { owner: 'acme', repo: `site-${index}` },
      createdAt: now - 9000 + index,
      expiresAt: now + 252_000,
    }),
  );
}

/** Answers to everything the approvals pages ask, and a state that their commands change. */
export function scriptApprovals(channel: FakeChannel, now: number): void {
  const state: ApprovalState = { ...channel.snapshot.approvalState, grants: makeGrants(now), toReview: 2 };
  channel.snapshot.approvalState = state;
  let items = ['review-1', 'review-2'].map((id) =>
    makeApproval({ id, status: 'expired', toReview: true, waiting: 0, decidedAt: now - 60_000, decidedBy: 'timeout' }),
  );
  const change = (changes: Partial<ApprovalState>) => {
    Object.assign(state, changes);
    channel.emit({ type: 'approvals.changed', state: { ...state } });
    return {};
  };
  const takeOff = (ids: readonly string[]) => {
    items = items.filter(({ id }) => !ids.includes(id));
    return change({ toReview: items.length });
  };
  const find = (id: string) => [...channel.snapshot.approvals, ...items].find((other) => other.id === id);
  Object.assign(channel.answers, {
    'approvals.context': ({ id }: { id: string }) => {
      const approval = find(id) ?? makeApproval({ id });
      const sql = "select id from orders where state = 'paid'";
      const last =
        approval.tool === 'query'
          ? { at: now - day, arguments: { database: 'shop_staging', sql }, changed: ['sql'] }
          : null;
      return { offer: offerFor(approval), inputSchema: null, lastApproved: last };
    },
    'approvals.reveal': ({ id }: { id: string }) => {
      const { arguments: args, masked } = find(id) ?? makeApproval({ id });
      const names = masked.map(({ path }) => String(path[0]));
      return { arguments: { ...(args as object), ...Object.fromEntries(names.map((name) => [name, `real ${name}`])) } };
    },
    'approvals.preview': ({ remember }: { remember: NonNullable<ApprovalDecision['remember']> }) => ({
      sentence: [],
      needsStepUp: false,
      refusal: null,
      past: { matched: remember.match.kind === 'any' ? 41 : null, atLeast: 3, calls: 41, since: now - 30 * day },
    }),
    'approvals.checkEdit': ({ edited }: { edited: Record<string, unknown> }) => {
      const isBad = Object.values(edited).includes('forbidden');
      const message = isBad ? 'A rule blocks the call with these arguments.' : '';
      return { ok: !isBad, message, effect: isBad ? 'deny' : 'ask', risk: null };
    },
    'approvals.denyAll': ({ agentId }: { agentId: string }) => {
      const denied = channel.snapshot.approvals.filter((approval) => approval.agentId === agentId);
      for (const approval of denied) {
        channel.emit({ type: 'approval.changed', approval: { ...approval, status: 'denied', decidedBy: 'person' } });
      }
      return { denied: denied.length };
    },
    'agents.setPaused': () => ({}),
    'approvals.review': () => ({ approvals: items }),
    'approvals.allowNext': ({ id }: { id: string }) => takeOff([id]),
    'approvals.dismiss': ({ ids }: { ids: string[] }) => takeOff(ids),
    'approvals.endGrant': ({ id }: { id: string }) =>
      change({ grants: state.grants.filter((grant) => grant.id !== id) }),
    'approvals.shortenGrant': ({ id, expiresAt }: { id: string; expiresAt: number }) =>
      change({ grants: state.grants.map((grant) => (grant.id === id ? { ...grant, expiresAt } : grant)) }),
    'approvals.setAway': ({ away }: { away: boolean }) =>
      change({ away: away ? { since: Date.now(), cause: 'person' } : null }),
    'approvals.setSettings': (changes: Partial<ApprovalState['settings']>) =>
      change({ settings: { ...state.settings, ...changes } }),
    'approvals.fatigue': () => makeFatigue(now),
  });
}
