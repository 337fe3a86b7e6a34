import { describeSchema, formatSchemaLine, isObject, type Json } from './describe-schema.ts';

/** A piece of a line; `isNew` marks words the reviewed text did not have. */
export interface DiffPart {
  text: string;
  isNew: boolean;
}

export interface DiffLine {
  mark: 'removed' | 'added' | 'same';
  parts: DiffPart[];
}

/** One field of a tool's definition, with what was and what is. Sections without a change are left out. */
export interface DiffSection {
  title: string;
  lines: DiffLine[];
}

/** The comparison takes time and memory of both lengths multiplied; a server must not be able to stall the window. */
const mostComparisons = 1_000_000;
const knownFields = new Set(['name', 'title', 'description', 'inputSchema', 'outputSchema', 'annotations']);

/** Compares a reviewed definition with the present one, field by field. All text is the server's own. */
export function diffDefinition(before: Json, after: Json): DiffSection[] {
  const was = isObject(before) ? before : {};
  const is = isObject(after) ? after : {};
  const others = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((key) => !knownFields.has(key));
  const sections: DiffSection[] = [
    { title: 'Title, server’s own words', lines: diffText(asText(was.title), asText(is.title)) },
    {
      title: 'Description, server’s own words',
      lines: diffText(asText(was.description), asText(is.description)),
    },
    { title: 'Input', lines: diffSchema(was.inputSchema, is.inputSchema) },
    { title: 'Output', lines: diffSchema(was.outputSchema, is.outputSchema) },
    { title: 'Annotations', lines: diffLines(members(was.annotations), members(is.annotations)) },
    ...others.map((key) => ({ title: key, lines: diffLines(pretty(was[key]), pretty(is[key])) })),
  ];
  return sections.filter((section) => section.lines.some((line) => line.mark !== 'same'));
}

/** Line by line comparison that keeps the order of both sides (longest common subsequence). */
export function diffLines(before: readonly string[], after: readonly string[]): DiffLine[] {
  if (before.length * after.length > mostComparisons) return [...wholly('removed', before), ...wholly('added', after)];
  const lengths = commonLengths(before, after);
  const lines: DiffLine[] = [];
  let left = 0;
  let right = 0;
  while (left < before.length || right < after.length) {
    const old = before[left];
    const now = after[right];
    if (old !== undefined && old === now) {
      lines.push({ mark: 'same', parts: [{ text: old, isNew: false }] });
      left += 1;
      right += 1;
    } else if (
      old !== undefined &&
      (now === undefined || at(lengths, left + 1, right) >= at(lengths, left, right + 1))
    ) {
      lines.push({ mark: 'removed', parts: [{ text: old, isNew: false }] });
      left += 1;
    } else {
      lines.push({ mark: 'added', parts: [{ text: now ?? '', isNew: false }] });
      right += 1;
    }
  }
  return lines;
}

function wholly(mark: DiffLine['mark'], lines: readonly string[]): DiffLine[] {
  return lines.map((text) => ({ mark, parts: [{ text, isNew: false }] }));
}

function commonLengths(before: readonly string[], after: readonly string[]): number[][] {
  const table = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  for (let left = before.length - 1; left >= 0; left -= 1) {
    for (let right = after.length - 1; right >= 0; right -= 1) {
      const row = table[left];
      if (!row) continue;
      row[right] =
        before[left] === after[right]
          ? at(table, left + 1, right + 1) + 1
          : Math.max(at(table, left + 1, right), at(table, left, right + 1));
    }
  }
  return table;
}

function at(table: readonly number[][], row: number, column: number): number {
  return table[row]?.[column] ?? 0;
}

function diffText(before: string, after: string): DiffLine[] {
  if (before === after) return [];
  const known = new Set(sentences(before).map((text) => text.trim()));
  const lines: DiffLine[] = [];
  if (before !== '') lines.push({ mark: 'removed', parts: [{ text: before, isNew: false }] });
  if (after !== '') {
    const parts = sentences(after).map((text) => ({ text, isNew: before !== '' && !known.has(text.trim()) }));
    // Marking the whole text says nothing; only a part that stands out helps the eye.
    const isPartial = parts.some((part) => part.isNew) && parts.some((part) => !part.isNew);
    lines.push({ mark: 'added', parts: isPartial ? parts : [{ text: after, isNew: false }] });
  }
  return lines;
}

function sentences(text: string): string[] {
  return text.match(/[^.!?\n]+[.!?\n]*\s*/g) ?? [text];
}

function diffSchema(before: Json | undefined, after: Json | undefined): DiffLine[] {
  const changed = diffLines(describeSchema(before).map(formatSchemaLine), describeSchema(after).map(formatSchemaLine));
  if (changed.some((line) => line.mark !== 'same')) return changed;
  // A change that the short form does not show (a nested keyword, $defs) must not look like no change.
  return diffLines(pretty(before), pretty(after));
}

function members(value: Json | undefined): string[] {
  if (!isObject(value)) return value === undefined ? [] : pretty(value);
  return Object.entries(value).map(([key, member]) => `${key}: ${JSON.stringify(member)}`);
}

function pretty(value: Json | undefined): string[] {
  return value === undefined ? [] : JSON.stringify(value, null, 2).split('\n');
}

function asText(value: Json | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
