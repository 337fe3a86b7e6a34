import type { JsonObject, JsonValue } from '../wire/json-rpc.ts';
import type { AuditRow } from './contract.ts';

/** Characters of text the index takes in: of a row, and of a call's arguments. */
const maxRowText = 2_000;
const maxArgumentText = 16_000;
const maxDepth = 32;

/** What can be found of a row by a word in it: who, what, why, and the facts written with it. */
export function describeWords(row: AuditRow): string {
  const named = [row.agentName, row.serverId, row.tool, row.subject, row.reasonCode, row.event, row.credential];
  const details = row.details === null ? '' : flattenWords(row.details);
  return [...named.filter((word) => word !== null), details].join(' ').slice(0, maxRowText);
}

/** Names and values of arguments, one after the other. */
export function flattenWords(value: JsonObject): string {
  const words: string[] = [];
  let length = 0;
  const add = (word: string) => {
    words.push(word);
    length += word.length + 1;
  };
  const visit = (member: JsonValue, depth: number): void => {
    if (length > maxArgumentText || depth > maxDepth || member === null) return;
    if (Array.isArray(member)) for (const element of member) visit(element, depth + 1);
    else if (typeof member === 'object') {
      for (const [name, inner] of Object.entries(member)) {
        add(name);
        visit(inner, depth + 1);
      }
    } else add(String(member));
  };
  visit(value, 0);
  return words.join(' ').slice(0, maxArgumentText);
}

/** Three letters and a star: fewer would stand for too many words. */
const isBeginning = (text: string) => /[\p{L}\p{N}]{3}\*$/u.test(text);

const hasWord = /[\p{L}\p{N}]/u;
// FTS5 takes its expression as a C string
const controls = /\p{Cc}/gu;

/**
 * The expression of FTS5 for texts that must all be found: each a quoted phrase of whole words, of which the last may go
 * on where the text ends with a star. Nothing in a text can be an operator. Null: there is no word in any of them, so
 * nothing can be found.
 */
export function toMatch(texts: readonly string[]): string | null {
  const phrases = texts
    .map((text) => text.replace(controls, ' '))
    .filter((text) => hasWord.test(text))
    .map((text) => `"${text.replaceAll('"', '""')}"${isBeginning(text) ? ' *' : ''}`);
  return phrases.length === 0 ? null : phrases.join(' AND ');
}
