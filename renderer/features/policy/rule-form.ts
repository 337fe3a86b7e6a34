import {
  anything,
  type Effect,
  type NeverEntry,
  namePatternSchema,
  neverEntrySchema,
  type PolicyChange,
  policyIdSchema,
  type RateLimit,
  type Rule,
  ruleSchema,
} from '../../../electron/shared/index.ts';
import { parseLimit } from '../agents/rate-limit.ts';
import { type ConditionForm, type Reading, readCondition, toConditionForm } from './condition-form.ts';

/** How long a rule lives from the moment it is saved; `kept`: to the end it already has. */
export type RuleLife = 'always' | 'kept' | keyof typeof lifeMs;

export const lifeMs = {
  '15m': 15 * 60_000,
  '1h': 3_600_000,
  '8h': 8 * 3_600_000,
  '1d': 86_400_000,
  '7d': 7 * 86_400_000,
  '30d': 30 * 86_400_000,
} as const;

/** A rule or a never-list entry while a person writes it. */
export interface RuleForm {
  kind: 'rule' | 'never';
  /** Null until it is saved for the first time. */
  id: string | null;
  /** Empty: named after what it does. */
  name: string;
  enabled: boolean;
  effect: Effect;
  /** An agent's id, or `*`. */
  agent: string;
  /** An id or a pattern; empty means any server. */
  server: string;
  /** A name or a pattern; empty means any tool. */
  tool: string;
  conditions: readonly ConditionForm[];
  /** Empty: no limit. */
  limitCount: string;
  limitPer: RateLimit['per'];
  life: RuleLife;
  keptUntil: number | null;
}

/** What is wrong, by field: `agent`, `server`, `tool`, `limit`, `name`, `condition.<key>`, or `rule` for the whole. */
export type FormProblems = Readonly<Record<string, string>>;

export function emptyRuleForm(kind: RuleForm['kind']): RuleForm {
  return {
    kind,
    id: null,
    name: '',
    enabled: true,
    effect: kind === 'never' ? 'deny' : 'ask',
    agent: anything,
    server: '',
    tool: '',
    conditions: [],
    limitCount: '',
    limitPer: 'min',
    life: 'always',
    keptUntil: null,
  };
}

/** @param isNew the rule is a draft, not yet saved: its id is given when it is */
export function toRuleForm(rule: Rule, isNew = false): RuleForm {
  return {
    ...emptyRuleForm('rule'),
    id: isNew ? null : rule.id,
    name: rule.name,
    enabled: rule.enabled,
    effect: rule.effect,
    agent: rule.agent,
    server: rule.server === anything ? '' : rule.server,
    tool: rule.tool === anything ? '' : rule.tool,
    conditions: rule.conditions.map(toConditionForm),
    limitCount: rule.limit === null ? '' : String(rule.limit.count),
    limitPer: rule.limit?.per ?? 'min',
    life: rule.expiresAt === null ? 'always' : 'kept',
    keptUntil: rule.expiresAt,
  };
}

export function toNeverForm(entry: NeverEntry): RuleForm {
  return {
    ...emptyRuleForm('never'),
    id: entry.id,
    name: entry.name,
    server: entry.server === anything ? '' : entry.server,
    tool: entry.tool === anything ? '' : entry.tool,
    conditions: entry.conditions.map(toConditionForm),
  };
}

export interface ReadOptions {
  /** Milliseconds since the epoch. */
  now: number;
  /** Ids that a new rule must not take. */
  taken: ReadonlySet<string>;
  /** An agent's name for the suggested name of the rule. */
  nameOf: (agentId: string) => string;
}

export type FormReading =
  | { ok: true; change: PolicyChange & { kind: 'rule' | 'never' } }
  | { ok: false; problems: FormProblems };

/** The one change that saves this form, or what is wrong with it. */
export function readRuleForm(form: RuleForm, options: ReadOptions): FormReading {
  const problems: Record<string, string> = {};
  const { server, tool } = readScope(form);
  for (const [field, text] of [
    ['server', server],
    ['tool', tool],
  ] as const) {
    const pattern = namePatternSchema.safeParse(text);
    if (!pattern.success) problems[field] = `${pattern.error.issues[0]?.message ?? 'Not a name'}.`;
  }
  const conditions = form.conditions.flatMap((condition) => {
    const reading = readCondition(condition);
    if (reading.ok) return [reading.value];
    problems[`condition.${condition.key}`] = reading.message;
    return [];
  });
  const limit = readLimit(form);
  if (!limit.ok) problems.limit = limit.message;
  const name = form.name.trim() === '' ? suggestName(form, options.nameOf) : form.name.trim();
  if (name.length > 120) problems.name = 'Use at most 120 characters.';
  if (Object.keys(problems).length > 0 || !limit.ok) return { ok: false, problems };

  const id = form.id ?? newRuleId(name, options.taken);
  const common = { id, name, server, tool, conditions };
  if (form.kind === 'never') {
    const entry = neverEntrySchema.safeParse(common);
    if (!entry.success) return { ok: false, problems: { rule: firstMessage(entry.error.issues) } };
    return { ok: true, change: { kind: 'never', id, value: entry.data } };
  }
  const rule = ruleSchema.safeParse({
    ...common,
    enabled: form.enabled,
    effect: form.effect,
    agent: form.agent,
    limit: limit.value,
    expiresAt: endOf(form, options.now),
  });
  if (!rule.success) return { ok: false, problems: { rule: firstMessage(rule.error.issues) } };
  return { ok: true, change: { kind: 'rule', id, value: rule.data } };
}

/** Nothing typed means anything. */
function readScope(form: RuleForm): { server: string; tool: string } {
  return { server: form.server.trim() || anything, tool: form.tool.trim() || anything };
}

/** A block has no limit: what was typed under another effect is kept in the form and not sent. */
function readLimit(form: RuleForm): Reading<RateLimit | null> {
  if (form.kind === 'never' || form.effect === 'deny') return { ok: true, value: null };
  const limit = parseLimit(form.limitCount, form.limitPer);
  return limit.ok ? { ok: true, value: limit.limit } : limit;
}

function endOf(form: RuleForm, now: number): number | null {
  if (form.life === 'always') return null;
  return form.life === 'kept' ? form.keptUntil : now + lifeMs[form.life];
}

const effectVerbs: Readonly<Record<Effect, string>> = { allow: 'Allow', ask: 'Ask before', deny: 'Block' };

/** "Ask before create_issue, Claude Code"; what a rule is called until a person names it. */
export function suggestName(form: RuleForm, nameOf: (agentId: string) => string): string {
  const { server, tool } = readScope(form);
  const what = tool !== anything ? tool : server === anything ? 'any tool' : `any tool of ${server}`;
  if (form.kind === 'never') return cutName(`Never ${what}`);
  const who = form.agent === anything ? '' : `, ${nameOf(form.agent)}`;
  return cutName(`${effectVerbs[form.effect]} ${what}${who}`);
}

/** An id from a name: lower-case letters, digits and hyphens, with a number when it is taken. */
export function newRuleId(name: string, taken: ReadonlySet<string>): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 56)
    .replace(/-+$/, '');
  const base = policyIdSchema.safeParse(plain).success ? plain : 'rule';
  if (!taken.has(base)) return base;
  let count = 2;
  while (taken.has(`${base}-${count}`)) count += 1;
  return `${base}-${count}`;
}

/** Two forms say the same. */
export function isSameForm(one: RuleForm, other: RuleForm): boolean {
  return JSON.stringify(one, withoutKeys) === JSON.stringify(other, withoutKeys);
}

function withoutKeys(name: string, value: unknown): unknown {
  return name === 'key' ? undefined : value;
}

function firstMessage(issues: readonly { message: string }[]): string {
  return issues[0]?.message ?? 'This rule cannot be saved as it is.';
}

function cutName(text: string): string {
  return text.slice(0, 120).trim();
}
