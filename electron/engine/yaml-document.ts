import { type Document, isAlias, isMap, isPair, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml';

/** One fault in a YAML text. `line` and `column` count from 1. */
export interface ConfigProblem {
  line: number;
  column: number;
  message: string;
}

/** Where something stands inside the document: keys of mappings and indexes of sequences, from the root. */
export type YamlPath = readonly PropertyKey[];

/** A parsed YAML text that still knows where each part of it stands. */
export interface YamlDocument {
  value: unknown;
  /** Faults of the YAML itself; when there are any, `value` means nothing. */
  problems: ConfigProblem[];
  /** The problem at the value of `path`, or at the nearest parent that exists. */
  at(path: YamlPath, message: string): ConfigProblem;
  /** The problem at the key that leads to `path`. */
  atKey(path: YamlPath, message: string): ConfigProblem;
}

/**
 * Reads strict YAML 1.2: one document, unique text keys, no anchors, aliases, merge keys or special tags, so that the text
 * a person reads is the value the engine takes.
 */
export function parseYaml(text: string): YamlDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    // Pretty errors quote the source line, which may hold something secret.
    prettyErrors: false,
    stringKeys: true,
    uniqueKeys: true,
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    logLevel: 'error',
  });
  const problemAt = (offset: number, message: string): ConfigProblem => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1), message };
  };
  const problems = [...document.errors, ...document.warnings].map((fault) =>
    problemAt(fault.pos[0], describeYamlFault(fault.code, fault.message)),
  );
  problems.push(...findRefusedParts(document, problemAt));
  return {
    value: problems.length > 0 ? null : document.toJS(),
    problems: problems.sort((a, b) => a.line - b.line || a.column - b.column),
    at: (path, message) => problemAt(offsetOfValue(document, path), message),
    atKey: (path, message) => problemAt(offsetOfKey(document, path), message),
  };
}

/** Never repeats source text, which the parser's own words do after a colon. */
function describeYamlFault(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'this key stands here twice; each may stand once';
  if (code === 'MULTIPLE_DOCS') return 'a second document starts here; one file holds one document';
  if (code === 'TAG_RESOLVE_FAILED') return 'tags (!…) are not used in this file';
  return `this is not YAML: ${message.split(/: ?["']/, 1)[0]}`;
}

function findRefusedParts(document: Document, problemAt: (offset: number, message: string) => ConfigProblem) {
  const found: ConfigProblem[] = [];
  visit(document, {
    Node: (_key, node) => {
      const offset = node.range?.[0] ?? 0;
      if (isAlias(node))
        found.push(problemAt(offset, 'aliases (*name) are not used in this file; write the value out'));
      else if (node.anchor) found.push(problemAt(offset, 'anchors (&name) are not used in this file'));
    },
    Pair: (_key, pair) => {
      if (isScalar(pair.key) && pair.key.value === '__proto__') {
        found.push(problemAt(pair.key.range?.[0] ?? 0, 'this key is not allowed anywhere'));
      }
    },
  });
  return found;
}

function offsetOfValue(document: Document, path: YamlPath): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true) as Node | undefined;
    if (node?.range) return node.range[0];
    const key = keyNode(document, path.slice(0, length));
    if (key?.range) return key.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

function offsetOfKey(document: Document, path: YamlPath): number {
  return keyNode(document, path)?.range?.[0] ?? offsetOfValue(document, path);
}

function keyNode(document: Document, path: YamlPath): Node | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return undefined;
  const name = String(path[path.length - 1]);
  const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === name);
  return pair ? (pair.key as Node) : undefined;
}
