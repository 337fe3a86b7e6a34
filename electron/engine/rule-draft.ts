import type { ArgumentCondition, CallDetail, Effect, Rule, RuleDraft } from '../shared/index.ts';
import { formatArgumentPath } from '../shared/index.ts';
import { readHosts } from './core/host-of.ts';
import { isSecretName, isSecretText } from './core/secret-values.ts';
import type { JsonObject, JsonValue } from './wire/json-rpc.ts';

const verbs: Record<Effect, string> = { allow: 'Allow', ask: 'Ask for', deny: 'Block' };
/** A longer text is no value a person would compare with. */
const maxValue = 200;
const maxSuggestions = 20;

/** A rule for calls like this one, without conditions, and the conditions its arguments suggest, narrowest first. */
export function draftRule(call: CallDetail, effect: Effect, taken: (id: string) => boolean): RuleDraft {
  const { agentId, serverId, tool } = call.view;
  const rule: Rule = {
    id: freeId(`${effect}-${serverId}-${tool}`, taken),
    name: `${verbs[effect]} ${tool}`.slice(0, 120),
    enabled: true,
    effect,
    agent: agentId,
    server: serverId,
    tool,
    conditions: [],
    limit: null,
    expiresAt: null,
  };
  const args = call.arguments;
  const isObject = typeof args === 'object' && args !== null && !Array.isArray(args);
  const suggestions = isObject ? suggestConditions(args as JsonObject) : [];
  return { rule, suggestions, forgotten: args === null };
}

/** An id of the allowed form that nothing has yet. */
export function freeId(text: string, taken: (id: string) => boolean): string {
  const base =
    text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+/, '')
      .slice(0, 56)
      .replace(/-+$/, '') || 'rule';
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? base : `${base}-${number}`;
    if (!taken(id)) return id;
  }
}

/** A value that looks secret would stand in the rule, and in every copy of it. */
function isSecret(key: string, value: JsonValue): boolean {
  return isSecretName(key) || (typeof value === 'string' && isSecretText(value));
}

function suggestConditions(args: JsonObject): ArgumentCondition[] {
  return Object.entries(args)
    .filter(([key, value]) => !isSecret(key, value))
    .flatMap(([key, value]) => suggest(formatArgumentPath([key]), value))
    .slice(0, maxSuggestions);
}

function suggest(argument: string, value: JsonValue): ArgumentCondition[] {
  if (typeof value === 'number') return [{ argument, op: 'numberAtMost', value }];
  if (typeof value === 'boolean') return [{ argument, op: 'is', value }];
  if (typeof value !== 'string' || value === '') return [];
  const conditions: ArgumentCondition[] = [];
  const folder = /^((?:\/|~\/|[A-Za-z]:[/\\]).*)[/\\][^/\\]*$/s.exec(value)?.[1];
  if (folder !== undefined && folder.length > 1 && folder.length <= 4096)
    conditions.push({ argument, op: 'pathInside', value: folder });
  const [host] = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? readHosts(value).hosts : [];
  if (host) conditions.push({ argument, op: 'hostIs', value: host.name });
  if (value.length <= maxValue) conditions.push({ argument, op: 'is', value });
  return conditions;
}
