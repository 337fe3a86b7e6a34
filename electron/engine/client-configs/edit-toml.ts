import { parse, patch } from '@decimalturn/toml-patch';
import { isPlain, type Plain } from './parse-config.ts';

/** Sets one table. A new one is put at the end, so that nothing before it changes; an old one is patched in place. */
export function setToml(text: string, path: readonly string[], value: Plain): string {
  const appended = append(text, path, value);
  if (appended !== null) return appended;
  return repatch(text, (members) => {
    const parent = path.slice(0, -1).reduce<Plain>((at, key) => {
      const next = at[key];
      if (isPlain(next)) return next;
      const made: Plain = {};
      at[key] = made;
      return made;
    }, members);
    parent[path[path.length - 1] ?? ''] = value;
  });
}

export function removeToml(text: string, path: readonly string[]): string {
  return repatch(text, (members) => {
    const parent = path.slice(0, -1).reduce<unknown>((at, key) => (isPlain(at) ? at[key] : undefined), members);
    if (isPlain(parent)) delete parent[path[path.length - 1] ?? ''];
  });
}

function repatch(text: string, change: (members: Plain) => void): string {
  const members = parse(text) as Plain;
  change(members);
  return patch(text, members);
}

/** Null where a table of that name is there, or the text could not take one at its end. */
function append(text: string, path: readonly string[], value: Plain): string | null {
  const eol = /\r?\n/.exec(text)?.[0] ?? '\n';
  const gap = text.trim() === '' ? '' : text.endsWith('\n') ? eol : eol + eol;
  const added = [`[${path.map(bareKey).join('.')}]`, ...Object.entries(value).map(printMember)].join(eol);
  const after = `${text}${gap}${added}${eol}`;
  try {
    parse(after);
    return after;
  } catch {
    return null;
  }
}

function printMember([key, value]: [string, unknown]): string {
  return `${bareKey(key)} = ${printValue(value)}`;
}

function printValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printValue).join(', ')}]`;
  if (isPlain(value)) return `{ ${Object.entries(value).map(printMember).join(', ')} }`;
  // a JSON string is a TOML basic string but for DEL
  return JSON.stringify(value).replaceAll('\x7f', '\\u007f');
}

function bareKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key);
}
