import { isDeepStrictEqual } from 'node:util';
import type { ConfigFormat } from './client-table.ts';
import { removeJsonc, setJsonc } from './edit-jsonc.ts';
import { removeToml, setToml } from './edit-toml.ts';
import { removeYaml, setYaml } from './edit-yaml.ts';
import { isPlain, type Plain, parseConfig } from './parse-config.ts';

export interface ConfigChange {
  /** Entries to take out, as paths from the root. */
  remove: readonly (readonly string[])[];
  set: { at: readonly string[]; value: Plain };
}

const setters = { jsonc: setJsonc, toml: setToml, yaml: setYaml };
const removers = { jsonc: removeJsonc, toml: removeToml, yaml: removeYaml };

/**
 * The text with the change and nothing else: what the result means is compared with what was meant, member by member, so
 * a mistake of an editor is refused and never written. Null: it cannot be changed safely.
 */
export function editConfig(format: ConfigFormat, text: string, change: ConfigChange): string | null {
  const before = parseConfig(format, text);
  if (!before.ok) return null;
  try {
    const trimmed = change.remove.reduce((at, path) => removers[format](at, path), text);
    const after = setters[format](trimmed, change.set.at, change.set.value);
    const meant = applyChange(before.value, change);
    const read = parseConfig(format, after);
    return read.ok && isDeepStrictEqual(normal(read.value), normal(meant)) ? after : null;
  } catch {
    return null;
  }
}

function applyChange(value: Plain, { remove, set }: ConfigChange): Plain {
  const result = structuredCloneOf(value) as Plain;
  for (const path of remove) {
    const parent = path.slice(0, -1).reduce<unknown>((at, key) => (isPlain(at) ? at[key] : undefined), result);
    if (isPlain(parent)) delete parent[path[path.length - 1] ?? ''];
  }
  const parent = set.at.slice(0, -1).reduce<Plain>((at, key) => {
    const next = at[key];
    if (isPlain(next)) return next;
    if (next !== undefined && next !== null) throw new Error('something else is in its place');
    const made: Plain = {};
    at[key] = made;
    return made;
  }, result);
  parent[set.at[set.at.length - 1] ?? ''] = set.value;
  return result;
}

/** Dates of TOML are objects of their own kinds; they are kept as they are. */
function structuredCloneOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(structuredCloneOf);
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, structuredCloneOf(item)]));
}

/** Without prototypes and with dates as text, so that two readings can be compared. */
function normal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normal);
  if (value instanceof Date) return value.toISOString();
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, normal(item)]));
}
