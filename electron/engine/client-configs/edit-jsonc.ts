import { createScanner, findNodeAtLocation, type Node } from 'jsonc-parser';
import { parseJsoncTree } from './parse-config.ts';

/** The package's kinds of tokens; its own names exist for the compiler only. */
const token = { comma: 5, lineComment: 12, blockComment: 13, end: 17 } as const;

/** One replacement in a text, by character positions. */
interface Splice {
  from: number;
  to: number;
  text: string;
}

/**
 * Sets one member, making the objects above it where they are missing. Characters outside the new member, and the one
 * comma it may need, stay as they are. Throws where something else than an object is in the way.
 */
export function setJsonc(text: string, path: readonly string[], value: unknown): string {
  const style = findStyle(text);
  if (text.trim() === '') return `${text}${print(nest(path, value), style, 0)}${style.eol}`;
  const tree = parseJsoncTree(text);
  const existing = findNodeAtLocation(tree, [...path]);
  if (existing) {
    const depth = depthOf(existing, text, style);
    return splice(text, [
      { from: existing.offset, to: existing.offset + existing.length, text: print(value, style, depth) },
    ]);
  }
  let known = 0;
  let parent = tree;
  for (
    let at = findNodeAtLocation(tree, path.slice(0, 1));
    at;
    at = findNodeAtLocation(tree, path.slice(0, known + 1))
  ) {
    parent = at;
    known += 1;
  }
  const name = path[known];
  if (parent.type !== 'object' || name === undefined) throw new Error('the place of the servers is no object');
  return insert(text, parent, name, nest(path.slice(known + 1), value), style);
}

/** Takes one member out, with the comma that belongs to it. Comments around it stay. */
export function removeJsonc(text: string, path: readonly string[]): string {
  const property = findNodeAtLocation(parseJsoncTree(text), [...path])?.parent;
  const siblings = property?.parent?.children ?? [];
  if (!property) return text;
  const index = siblings.indexOf(property);
  const end = property.offset + property.length;
  const comma = findComma(text, end, endOf(property.parent));
  const cuts: Splice[] = [cutLine(text, property.offset, comma === null ? end : comma + 1)];
  const before = siblings[index - 1];
  const isLast = index === siblings.length - 1;
  if (isLast && comma === null && before) {
    const previous = findComma(text, before.offset + before.length, property.offset);
    if (previous !== null) cuts.push({ from: previous, to: previous + 1, text: '' });
  }
  return splice(text, cuts);
}

/** From the line's start to its end where nothing else stands on these lines, else only the member itself. */
function cutLine(text: string, from: number, to: number): Splice {
  const lineStart = text.lastIndexOf('\n', from - 1) + 1;
  const isAlone = text.slice(lineStart, from).trim() === '';
  const rest = /^[ \t]*(?:\r?\n)?/.exec(text.slice(to))?.[0] ?? '';
  const isEnd = rest.endsWith('\n');
  if (isAlone && isEnd && lineStart > 0) return { from: lineStart, to: to + rest.length, text: '' };
  return { from, to, text: '' };
}

function insert(text: string, parent: Node, name: string, value: unknown, style: Style): string {
  const close = endOf(parent) - 1;
  const last = parent.children?.at(-1);
  const from = last ? last.offset + last.length : parent.offset + 1;
  const inner = text.slice(parent.offset, close);
  const comma = last ? findComma(text, from, close) : null;
  const commas: Splice[] = last && comma === null ? [{ from, to: from, text: ',' }] : [];
  if (last && !inner.includes('\n')) {
    const at = lastTrivia(text, comma === null ? from : comma + 1, close);
    const printed = `${JSON.stringify(name)}: ${JSON.stringify(value)}`;
    return splice(text, [...commas, { from: at, to: at, text: ` ${printed}` }]);
  }
  const depth = last ? depthOf(last, text, style) : depthOf(parent, text, style) + 1;
  const at = lastTrivia(text, comma === null ? from : comma + 1, close);
  const indent = style.indent.repeat(depth);
  const printed = `${style.eol}${indent}${JSON.stringify(name)}: ${print(value, style, depth)}`;
  const needsLine = !text.slice(at, close).includes('\n');
  const tail = needsLine ? style.eol + style.indent.repeat(Math.max(depth - 1, 0)) : '';
  return splice(text, [...commas, { from: at, to: at, text: printed + tail }]);
}

/** Where comments and commas before `to` end: what is inserted there belongs to none of them. */
function lastTrivia(text: string, from: number, to: number): number {
  const scanner = createScanner(text, false);
  scanner.setPosition(from);
  let end = from;
  for (let kind = scanner.scan(); kind !== token.end && scanner.getTokenOffset() < to; kind = scanner.scan()) {
    const isComment = kind === token.lineComment || kind === token.blockComment;
    if (isComment) end = scanner.getTokenOffset() + scanner.getTokenLength();
  }
  return end;
}

function findComma(text: string, from: number, to: number): number | null {
  const scanner = createScanner(text, true);
  scanner.setPosition(from);
  const isComma = scanner.scan() === token.comma && scanner.getTokenOffset() < to;
  return isComma ? scanner.getTokenOffset() : null;
}

interface Style {
  indent: string;
  eol: string;
}

function findStyle(text: string): Style {
  const eol = /\r?\n/.exec(text)?.[0] ?? '\n';
  const indent = /\n([ \t]+)["}]/.exec(text)?.[1] ?? '  ';
  return { eol, indent: indent.startsWith('\t') ? '\t' : indent };
}

/** How far the line of a node is indented, in steps. */
function depthOf(node: Node, text: string, style: Style): number {
  const start = text.lastIndexOf('\n', node.offset - 1) + 1;
  const blank = /^[ \t]*/.exec(text.slice(start))?.[0] ?? '';
  return Math.round(blank.length / style.indent.length);
}

function print(value: unknown, style: Style, depth: number): string {
  const lines = JSON.stringify(value, null, style.indent).split('\n');
  return lines.join(style.eol + style.indent.repeat(depth));
}

function nest(path: readonly string[], value: unknown): unknown {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
}

function endOf(node: Node | undefined): number {
  return node ? node.offset + node.length : 0;
}

/** Applied from the end, so that positions stay right; of two at one position the first comes first. */
function splice(text: string, splices: readonly Splice[]): string {
  return [...splices]
    .reverse()
    .sort((a, b) => b.from - a.from)
    .reduce((result, { from, to, text: put }) => result.slice(0, from) + put + result.slice(to), text);
}
