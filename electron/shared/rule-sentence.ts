import type { Effect, RateLimit } from './effects.ts';
import type { NeverEntry, Rule } from './policy.ts';
import type { SentencePart } from './remember.ts';
import { type ArgumentCondition, operatorWords } from './rule-condition.ts';

/** Characters of a value, and values of a list, that stand in a sentence. */
const maxValue = 80;
const maxValues = 8;

const effectWords: Readonly<Record<Effect, string>> = { allow: 'Allow', ask: 'Ask', deny: 'Block' };
const periodWords: Readonly<Record<RateLimit['per'], string>> = { s: 'second', min: 'minute', h: 'hour' };

/** What a rule or a never-list entry speaks of. */
export type Sayable = Pick<Rule, 'agent' | 'server' | 'tool' | 'conditions'>;

/**
 * "When Claude Code calls github: create_issue and repo is one of "acme/app", "acme/docs" → Allow, at most 10 per minute".
 * Texts of values stand as JSON, so that none can imitate our words.
 * @param agentName the agent's name; not looked at when the rule is for every agent
 * @param now milliseconds since the epoch; what is left of the rule is counted from here
 */
export function describeRule(rule: Rule, agentName: string, now: number): SentencePart[] {
  const parts = [...describeMatch(rule, agentName), words(' → '), words(effectWords[rule.effect])];
  if (rule.expiresAt !== null) parts.push(words(describeEnd(rule.expiresAt - now)));
  if (rule.limit !== null) parts.push(words(`, at most ${rule.limit.count} per ${periodWords[rule.limit.per]}`));
  return parts;
}

/** "Never github: delete_repository, whoever calls it". */
export function describeNever(entry: NeverEntry): SentencePart[] {
  return [
    words('Never '),
    ...describeTool(entry.server, entry.tool),
    ...describeConditions(entry.conditions, ' when '),
    words(', whoever calls it'),
  ];
}

/** Up to the arrow: who calls what with what. */
export function describeMatch({ agent, server, tool, conditions }: Sayable, agentName: string): SentencePart[] {
  return [
    words('When '),
    agent === '*' ? words('any agent') : name(agentName),
    words(' calls '),
    ...describeTool(server, tool),
    ...describeConditions(conditions, ' and '),
  ];
}

function describeTool(server: string, tool: string): SentencePart[] {
  if (server === '*' && tool === '*') return [words('any tool')];
  if (server === '*') return [name(tool), words(' of any server')];
  if (tool === '*') return [words('any tool of '), name(server)];
  return [name(`${server}: ${tool}`)];
}

function describeConditions(conditions: readonly ArgumentCondition[], first: string): SentencePart[] {
  return conditions.flatMap((condition, index) => [
    words(index === 0 ? first : ' and '),
    ...describeCondition(condition),
  ]);
}

/** "repo is one of "acme/app", "acme/docs"". */
export function describeCondition(condition: ArgumentCondition): SentencePart[] {
  const head = [name(condition.argument), words(` ${operatorWords[condition.op]}`)];
  if ('values' in condition) {
    const shown = condition.values
      .slice(0, maxValues)
      .flatMap((one, index) => [words(index === 0 ? ' ' : ', '), value(one)]);
    const more = condition.values.length - maxValues;
    return more > 0 ? [...head, ...shown, words(` and ${more} more`)] : [...head, ...shown];
  }
  if (condition.op === 'matches') return [...head, words(' '), pattern(condition.value)];
  return 'value' in condition ? [...head, words(' '), value(condition.value)] : head;
}

function describeEnd(leftMs: number): string {
  if (leftMs <= 0) return ', ended';
  const minutes = Math.ceil(leftMs / 60_000);
  const hours = Math.round(minutes / 60);
  if (hours >= 48) return ` for ${countOf(Math.round(hours / 24), 'day')}`;
  return ` for ${minutes >= 60 && minutes % 60 === 0 ? countOf(hours, 'hour') : countLong(minutes)}`;
}

/** Minutes up to two hours, then hours. */
function countLong(minutes: number): string {
  return minutes < 120 ? countOf(minutes, 'minute') : countOf(Math.round(minutes / 60), 'hour');
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** As it was typed, unless it holds what cannot be seen. */
function pattern(source: string): SentencePart {
  return /\p{C}/u.test(source) ? value(source) : cutValue(`/${source}/`);
}

function value(one: string | number | boolean | null): SentencePart {
  return cutValue(JSON.stringify(one));
}

function cutValue(text: string): SentencePart {
  if (text.length <= maxValue) return { kind: 'value', text };
  // Without the first half of a surrogate pair at the cut.
  const cut = text.slice(0, maxValue).replace(/[\uD800-\uDBFF]$/, '');
  return { kind: 'value', text: `${cut}… (${text.length} characters)` };
}

function words(text: string): SentencePart {
  return { kind: 'words', text };
}

function name(text: string): SentencePart {
  return { kind: 'name', text };
}
