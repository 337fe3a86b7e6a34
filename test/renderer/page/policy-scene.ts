import {
  describeNever,
  describeRule,
  joinSentence,
  type LintFinding,
  type NeverEntry,
  type PolicyChange,
  type PolicyView,
  type Replay,
  type ReplayedCall,
  type Rule,
} from '../../../electron/shared/index.ts';
import type { FakeChannel } from '../fake-channel.ts';

export const blankRule: Rule = {
  id: 'rule',
  name: 'Rule',
  enabled: true,
  effect: 'ask',
  agent: '*',
  server: 'github',
  tool: '*',
  conditions: [],
  limit: null,
  expiresAt: null,
};

const makeRules = (now: number): Rule[] => [
  {
    ...blankRule,
    id: 'nothing-outside',
    name: 'Nothing writes outside Projects',
    effect: 'deny',
    server: 'filesystem',
    tool: 'write_file',
    conditions: [{ argument: 'path', op: 'pathInside', value: '~/.ssh' }],
  },
  { ...blankRule, id: 'no-force', name: 'No force push', effect: 'deny', tool: 'push', enabled: false },
  {
    ...blankRule,
    id: 'ask-publish',
    name: 'Ask before anything public',
    tool: 'create_*',
    conditions: [{ argument: 'visibility', op: 'is', value: 'public' }],
  },
  {
    ...blankRule,
    id: 'issues',
    name: 'Issues in our repositories',
    effect: 'allow',
    agent: 'agent-0',
    tool: 'create_issue',
    conditions: [{ argument: 'repo', op: 'isOneOf', values: ['acme/app', 'acme/docs'] }],
    limit: { count: 10, per: 'min' },
    expiresAt: now + 3_600_000,
  },
  {
    ...blankRule,
    id: 'reads',
    name: 'Small reads',
    effect: 'allow',
    agent: 'agent-1',
    server: 'postgres',
    tool: 'query',
    conditions: [
      { argument: 'sql', op: 'startsWith', value: 'select ' },
      { argument: 'limit', op: 'numberAtMost', value: 100 },
    ],
  },
];

const never: NeverEntry = {
  id: 'never-delete',
  name: 'Never delete a repository',
  server: 'github',
  tool: 'delete_repository',
  conditions: [],
};

const names: Readonly<Record<string, string>> = { 'agent-0': 'Claude Code', 'agent-1': 'Cursor', 'agent-2': 'Codex' };
const say = (rule: Rule, now: number) => joinSentence(describeRule(rule, names[rule.agent] ?? rule.agent, now));
const shadowed: LintFinding = {
  kind: 'shadowed',
  ruleId: 'reads',
  message: 'Every call it matches is already decided by “Ask before anything public”.',
  byRuleId: 'ask-publish',
};

function makeView(rules: readonly Rule[], entries: readonly NeverEntry[], version: number, now: number): PolicyView {
  return {
    version,
    rules: rules.map((rule) => ({
      rule,
      state: !rule.enabled ? 'off' : rule.expiresAt !== null && rule.expiresAt <= now ? 'expired' : 'active',
      sentence: say(rule, now),
      confirmedAt: now - 86_400_000,
      suspendedFor: [],
      limitRemaining: rule.limit === null ? null : 6,
    })),
    never: entries.map((entry) => ({ entry, sentence: joinSentence(describeNever(entry)) })),
    riskOverrides: [{ serverId: 'github', tool: 'create_issue', tier: 'write' }],
    agents: [
      { agentId: 'agent-0', settings: { preset: null, loop: { count: 5, seconds: 10 }, flowGuard: true } },
      { agentId: 'agent-1', settings: { preset: 'ask-before-writes', loop: null, flowGuard: false } },
    ],
    faults: [],
    lint: rules.some(({ id }) => id === 'reads') ? [shadowed] : [],
    replayDays: 7,
    replayCalls: 0,
  };
}

const replayed = (now: number, index: number): ReplayedCall => ({
  callId: `call-${index}`,
  at: now - index * 700_000,
  agentId: 'agent-0',
  agentName: 'Claude Code',
  serverId: 'github',
  tool: 'create_issue',
  subject: index % 2 === 0 ? 'acme/app “Fix login redirect loop”' : 'acme/web “Typo on the price page”',
  before: 'ask',
  after: index === 2 ? null : index % 2 === 0 ? 'allow' : 'ask',
  reason: 'Allowed by the rule “Issues in our repositories”.',
});

const toolOf = (name: string, tier: 'read' | 'write' | 'destructive', isOverridden = false) => ({
  name,
  exposedName: `github__${name}`,
  title: null,
  description: `Does ${name.replaceAll('_', ' ')} in a repository.`,
  risk: { tier, reasons: [{ tier, text: `Name says ${name.split('_')[0]}`, source: 'name' }], isOverridden },
  state: 'reviewed',
  definitionHash: name,
  definition: {
    name,
    inputSchema: {
      type: 'object',
      required: ['repo'],
      properties: {
        repo: { type: 'string', description: 'Owner and name, such as acme/app' },
        title: { type: 'string' },
        priority: { type: 'integer' },
        draft: { type: 'boolean' },
        visibility: { type: 'string', enum: ['public', 'private'] },
        labels: { type: 'array', items: { type: 'string' } },
      },
    },
  },
  reviewedDefinition: null,
});

function applyAll(changes: readonly PolicyChange[], rules: Rule[], entries: NeverEntry[]): PolicyChange[] {
  return changes.map((change) => {
    if (change.kind !== 'rule' && change.kind !== 'never') return change;
    const list: (Rule | NeverEntry)[] = change.kind === 'rule' ? rules : entries;
    const at = list.findIndex(({ id }) => id === change.id);
    const before = list[at] ?? null;
    if (change.value === null) list.splice(at, at === -1 ? 0 : 1);
    else if (at === -1) list.push(change.value);
    else list[at] = change.value;
    return { kind: change.kind, id: change.id, value: before } as PolicyChange;
  });
}

/** What an engine with a handful of rules answers; keeps what is saved. For tests and pictures only. */
export function policyAnswers(now: number): FakeChannel['answers'] {
  const rules = makeRules(now);
  const entries = [never];
  let version = 42;
  const replay: Replay = {
    days: 7,
    calls: 212,
    truncated: false,
    matched: 14,
    nowAllowed: 3,
    nowAsked: 0,
    nowBlocked: 0,
    unknown: 2,
    changed: [0, 2, 4].map((index) => replayed(now, index)),
    matchedCalls: [0, 1, 2, 3, 4, 5].map((index) => replayed(now, index)),
  };
  return {
    'policy.get': () => makeView(rules, entries, version, now),
    'policy.change': ({ changes }: { changes: PolicyChange[] }) => {
      version += 1;
      return { previous: applyAll(changes, rules, entries), version };
    },
    'policy.check': () => ({ problems: [], sentences: [], lint: [shadowed] }),
    'policy.replay': () => replay,
    'policy.test': () => ({
      decision: {
        effect: 'deny',
        reasonCode: 'rule_deny',
        reason: 'Blocked by the rule “Nothing writes outside Projects”.',
        policyVersion: version,
        trace: [
          { step: 'kill-switch', hit: false, text: 'Pause all is off' },
          { step: 'agent-paused', hit: false, text: 'The agent is not paused' },
          { step: 'never-list', hit: false, text: 'Nothing on the never-list matches' },
          {
            step: 'block-rules',
            hit: true,
            text: 'Block rule “Nothing writes outside Projects”',
            ruleId: 'nothing-outside',
          },
        ],
      },
      risk: { tier: 'write', reasons: [{ tier: 'write', text: 'Tool writes files', source: 'name' }] },
      listed: true,
      argumentsProblem: null,
    }),
    'policy.export': () => ({
      text: 'version: 1\nrules:\n  - id: issues\n    name: Issues in our repositories\n    effect: allow\n',
    }),
    'policy.previewImport': ({ text }: { text: string }) => ({
      problems: text.includes('oops') ? [{ line: 2, column: 3, message: 'Unknown key “oops”.' }] : [],
      changes: text.includes('oops') ? [] : [{ kind: 'rule', id: 'x', value: { ...blankRule, id: 'x' } }],
      added: ['When any agent calls any tool of github → Ask'],
      changed: [
        {
          id: 'issues',
          before: 'When Claude Code calls github: create_issue → Allow',
          after: 'When Claude Code calls github: create_issue → Ask',
        },
      ],
      removed: [],
      same: 4,
      lint: [],
    }),
    'policy.history': () => ({
      entries: [
        {
          seq: 9,
          at: now - 60_000,
          actor: 'person',
          version: 42,
          summary: 'Changed rule “Small reads”',
          undo: { kind: 'rule', id: 'reads', value: null },
          before: { effect: 'ask' },
          after: { effect: 'allow' },
        },
        {
          seq: 8,
          at: now - 600_000,
          actor: 'person',
          version: 41,
          summary: 'Resumed all agents',
          undo: null,
          before: null,
          after: null,
        },
      ],
      more: false,
    }),
    'policy.draftFromCall': () => ({
      rule: { ...blankRule, id: 'draft', name: 'Draft', effect: 'allow', agent: 'agent-0', tool: 'create_issue' },
      suggestions: [
        { argument: 'repo', op: 'is', value: 'acme/web' },
        { argument: 'title', op: 'lengthAtMost', value: 120 },
      ],
      forgotten: false,
    }),
    'policy.setReplayDays': () => ({}),
    'agents.matrix': ({ id }: { id: string }) => ({
      agentId: id,
      defaultEffect: id === 'agent-0' ? 'ask' : null,
      limitRemaining: null,
      limits: [
        {
          scope: 'tool',
          name: 'github__create_issue',
          limit: { count: 10, per: 'min' },
          remaining: 0,
          retryAfterMs: 4200,
        },
      ],
      loops: [{ serverId: 'filesystem', tool: 'read_file', count: 6, until: now + 60_000 }],
      servers: [
        {
          serverId: 'github',
          name: 'github',
          enabled: true,
          reviewed: true,
          own: null,
          tools: ['list_issues', 'create_issue', 'delete_repository'].map((name, index) => ({
            ...toolOf(name, index === 0 ? 'read' : index === 1 ? 'write' : 'destructive', index === 1),
            serverId: 'github',
            tool: name,
            own: null,
            effective: 'ask',
            source: 'agent',
            changed: false,
            calls7d: 12 * index,
          })),
        },
      ],
    }),
    'approvals.endGrant': () => ({}),
    'servers.tools': ({ id }: { id: string }) => ({
      tools:
        id === 'github'
          ? [
              toolOf('list_issues', 'read'),
              toolOf('create_issue', 'write', true),
              toolOf('delete_repository', 'destructive'),
            ]
          : [],
    }),
  };
}
