import type { JsonObject, JsonValue } from '../wire/json-rpc.ts';
import { isSecretName, isSecretText } from './secret-values.ts';

const maxLength = 120;

/** Argument names that usually say what a call is about, best first. */
const telling = [
  'path',
  'file',
  'file_path',
  'uri',
  'url',
  'source',
  'query',
  'sql',
  'command',
  'repo',
  'repository',
  'title',
  'name',
  'subject',
  'to',
  'id',
  'message',
  'text',
];

/** One line on what a call is about, from its arguments alone: the value a person would look for first, else the short ones. */
export function describeSubject(args: JsonObject): string {
  for (const key of telling) {
    const value = Object.hasOwn(args, key) ? args[key] : undefined;
    if (typeof value === 'string' && value.trim() !== '' && !isSecretText(value)) return oneLine(value);
  }
  const parts: string[] = [];
  for (const [key, value] of Object.entries(args)) {
    const shown = isSecretName(key) ? null : shortValue(value);
    if (shown !== null) parts.push(`${key} ${shown}`);
    if (parts.length === 4) break;
  }
  return oneLine(parts.join(', '));
}

function shortValue(value: JsonValue): string | null {
  if (typeof value === 'string') return value.trim() === '' || isSecretText(value) ? null : value.slice(0, maxLength);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.length === 1 ? '1 item' : `${value.length} items`;
  return null;
}

function oneLine(text: string): string {
  const flat = text
    .slice(0, maxLength * 4)
    .replace(/\s+/g, ' ')
    .trim();
  if (flat.length <= maxLength) return flat;
  // a cut between the halves of a surrogate pair would leave text that has no UTF-8 form
  return `${flat.slice(0, maxLength - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
