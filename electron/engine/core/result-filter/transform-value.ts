import type { TransformRule } from '../../../shared/content.ts';
import type { JsonObject, JsonValue } from '../../wire/json-rpc.ts';

/** A tool's result with the rules for it applied, in their order; the very same object when none changed anything. */
export function transformResult(result: JsonObject, rules: readonly TransformRule[]): JsonObject {
  return rules.reduce(
    (current, rule) => (rule.kind === 'replace' ? replaceText(current, rule) : reshape(current, rule)),
    result,
  );
}

function replaceText(result: JsonObject, rule: Extract<TransformRule, { kind: 'replace' }>): JsonObject {
  const replace = (value: JsonValue): JsonValue => {
    if (typeof value === 'string') return value.replaceAll(rule.find, () => rule.with);
    if (Array.isArray(value)) return value.map(replace);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, replace(member)]));
  };
  const { content, structuredContent } = result;
  return {
    ...result,
    ...(Array.isArray(content) ? { content: content.map((item) => replaceInContent(item, replace)) } : {}),
    ...(structuredContent === undefined ? {} : { structuredContent: replace(structuredContent) }),
  };
}

/** Types and other fixed words of a content are not text. */
function replaceInContent(item: JsonValue, replace: (value: JsonValue) => JsonValue): JsonValue {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
  const { text, resource } = item;
  return {
    ...item,
    ...(text === undefined ? {} : { text: replace(text) }),
    ...(resource === undefined ? {} : { resource: replace(resource) }),
  };
}

type PathRule = Exclude<TransformRule, { kind: 'replace' }>;

function reshape(result: JsonObject, rule: PathRule): JsonObject {
  const path = rule.path.split('.');
  const change = (value: JsonValue) => (rule.kind === 'drop' ? drop(value, path) : keep(value, path));
  const { content, structuredContent } = result;
  return {
    ...result,
    ...(Array.isArray(content) ? { content: content.map((item) => reshapeText(item, change)) } : {}),
    ...(structuredContent === undefined ? {} : { structuredContent: change(structuredContent) }),
  };
}

/** A text that is a JSON object or array is changed as what it is. */
function reshapeText(item: JsonValue, change: (value: JsonValue) => JsonValue): JsonValue {
  if (typeof item !== 'object' || item === null || Array.isArray(item) || typeof item.text !== 'string') return item;
  if (!/^\s*[[{]/.test(item.text)) return item;
  let parsed: JsonValue;
  try {
    parsed = JSON.parse(item.text) as JsonValue;
  } catch {
    return item;
  }
  return { ...item, text: JSON.stringify(change(parsed)) };
}

function drop(value: JsonValue, [name, ...rest]: readonly string[]): JsonValue {
  if (name === undefined) return value;
  if (Array.isArray(value)) return value.map((item) => drop(item, name === '*' ? rest : [name, ...rest]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => {
      if (key !== name && name !== '*') return [[key, member]];
      return rest.length === 0 ? [] : [[key, drop(member, rest)]];
    }),
  );
}

function keep(value: JsonValue, [name, ...rest]: readonly string[]): JsonValue {
  if (name === undefined) return value;
  if (Array.isArray(value)) return value.map((item) => keep(item, name === '*' ? rest : [name, ...rest]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => (key === name || name === '*' ? [[key, keep(member, rest)]] : [])),
  );
}
