import type { ClientDiffLine } from '../../shared/index.ts';
import { looksLikeToken, looksSecret } from './recognise-secret.ts';

const contextLines = 3;
/** Cells of the comparison table at most; beyond that the changed middle is shown as replaced whole. */
const maxCells = 400_000;
const maxShown = 400;

/** The lines that change, with a few around them. What looks secret is masked, wherever it stands. */
export function previewLines(before: string, after: string): ClientDiffLine[] {
  const lines = compare(splitLines(before), splitLines(after));
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - contextLines), index + contextLines + 1).some(({ mark }) => mark !== 'same'),
  );
  const shown: ClientDiffLine[] = [];
  for (const [index, line] of lines.entries()) {
    if (near[index]) shown.push({ mark: line.mark, text: maskLine(line.text) });
    else if (shown[shown.length - 1]?.mark !== 'gap') shown.push({ mark: 'gap', text: '' });
  }
  return shown.length > maxShown ? [...shown.slice(0, maxShown), { mark: 'gap', text: '' }] : shown;
}

function splitLines(text: string): string[] {
  return text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
}

function compare(old: readonly string[], fresh: readonly string[]): ClientDiffLine[] {
  let start = 0;
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start += 1;
  let end = 0;
  const shorter = Math.min(old.length, fresh.length) - start;
  while (end < shorter && old[old.length - 1 - end] === fresh[fresh.length - 1 - end]) end += 1;
  const as = (mark: ClientDiffLine['mark']) => (text: string) => ({ mark, text });
  return [
    ...old.slice(0, start).map(as('same')),
    ...compareMiddle(old.slice(start, old.length - end), fresh.slice(start, fresh.length - end)),
    ...old.slice(old.length - end).map(as('same')),
  ];
}

/** Longest common subsequence, walked from the start. */
function compareMiddle(old: readonly string[], fresh: readonly string[]): ClientDiffLine[] {
  const removed = (text: string): ClientDiffLine => ({ mark: 'removed', text });
  const added = (text: string): ClientDiffLine => ({ mark: 'added', text });
  if (old.length * fresh.length > maxCells) return [...old.map(removed), ...fresh.map(added)];
  const width = fresh.length + 1;
  const common = new Uint32Array((old.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1)
    for (let j = fresh.length - 1; j >= 0; j -= 1)
      common[i * width + j] = old[i] === fresh[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: ClientDiffLine[] = [];
  for (let i = 0, j = 0; i < old.length || j < fresh.length; ) {
    const was = old[i];
    const is = fresh[j];
    if (was !== undefined && was === is) {
      lines.push({ mark: 'same', text: was });
      i += 1;
      j += 1;
    } else if (was !== undefined && (is === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push(removed(was));
      i += 1;
    } else if (is !== undefined) {
      lines.push(added(is));
      j += 1;
    }
  }
  return lines;
}

const member = /(["']?)([\w.-]+)\1(\s*[:=]\s*)("(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'{[,#][^,#]*)/g;
const quoted = /"((?:[^"\\]|\\.)*)"|'([^']*)'/g;

/** A line of somebody's settings without what looks secret in it. */
export function maskLine(line: string): string {
  const named = line.replace(member, (whole, quote: string, name: string, gap: string, value: string) => {
    const text = value.replace(/^["']|["'],?$/g, '');
    if (!looksSecret(name, text)) return whole;
    const mark = /^["']/.exec(value)?.[0] ?? '';
    return `${quote}${name}${quote}${gap}${mark}•••${mark}`;
  });
  const bare = named.replace(quoted, (whole, double?: string, single?: string) =>
    looksLikeToken(double ?? single ?? '') ? `${whole[0]}•••${whole[0]}` : whole,
  );
  // a secret over several lines, or on a line of its own
  return bare.replace(/[A-Za-z0-9+/_=.-]{20,}/g, (word) => (looksLikeToken(word) ? '•••' : word));
}
