import { RE2JS } from 're2js';
import { type ArgumentCondition, parseArgumentPath } from '../../shared/index.ts';
import type { JsonObject, JsonValue } from '../wire/json-rpc.ts';
import { isHost, isHostUnder, parseHost } from './host-of.ts';
import { isPathInside, type PathWorld, readFolder, readPath } from './path-inside.ts';
import { type Leaf, readArgument } from './read-argument.ts';
import { readableText } from './readable-text.ts';
import { agree, type Verdict, verdictOf } from './verdict.ts';

/** The facts of one call a condition may look at. */
export interface ConditionFacts {
  arguments: JsonObject;
  /** The tool's input schema, to tell optional arguments from required ones. */
  inputSchema: JsonValue | undefined;
  paths: PathWorld;
}

export interface CompiledCondition {
  test(facts: ConditionFacts): Verdict;
  /** Absolute paths whose real place `test` wants to know; null: none ever. */
  paths: ((facts: ConditionFacts) => string[]) | null;
}

type ValueTest = (value: JsonValue, facts: ConditionFacts) => Verdict;

/** Texts longer than this are not searched by patterns: `unsure`. */
const maxPatternText = 256 * 1024;

/** Throws `Error` with a sentence for the person when the condition cannot work (a bad pattern, host or path). */
export function compileCondition(condition: ArgumentCondition): CompiledCondition {
  const path = parseArgumentPath(condition.argument);
  if (!path) throw new Error(`“${condition.argument}” is not the name of an argument.`);
  const read = (facts: ConditionFacts) => readArgument(facts.arguments, path, facts.inputSchema);
  if (condition.op === 'isAbsent' || condition.op === 'isPresent') {
    const presence = presenceTest(condition.op === 'isPresent');
    return { test: (facts) => agree(read(facts).map(presence)), paths: null };
  }
  const test = valueTest(condition);
  return {
    test: (facts) => agree(read(facts).map((leaf) => judgeLeaf(leaf, test, facts))),
    paths: condition.op === 'pathInside' ? (facts) => pathsOf(read(facts), condition.value, facts.paths) : null,
  };
}

function judgeLeaf(leaf: Leaf, test: ValueTest, facts: ConditionFacts): Verdict {
  if (leaf.kind === 'value') return test(leaf.value, facts);
  return leaf.kind === 'absent' && !leaf.required ? 'no' : 'unsure';
}

function presenceTest(whenPresent: boolean): (leaf: Leaf) => Verdict {
  return (leaf) => {
    if (leaf.kind === 'value') return verdictOf(whenPresent);
    return leaf.kind === 'absent' && !leaf.required ? verdictOf(!whenPresent) : 'unsure';
  };
}

function pathsOf(leaves: readonly Leaf[], folder: string, world: PathWorld): string[] {
  const place = readFolder(folder, world);
  if (place === null) return [];
  const paths = [place];
  for (const leaf of leaves)
    if (leaf.kind === 'value' && typeof leaf.value === 'string') paths.push(...readPath(leaf.value, world).paths);
  return paths;
}

function valueTest(condition: Exclude<ArgumentCondition, { op: 'isAbsent' | 'isPresent' }>): ValueTest {
  switch (condition.op) {
    case 'is':
      return sameAs([condition.value]);
    case 'isOneOf':
      return sameAs(condition.values);
    case 'startsWith':
      return onText((text) => text.startsWith(condition.value));
    case 'endsWith':
      return onText((text) => text.endsWith(condition.value));
    case 'contains':
      return onText((text) => text.includes(condition.value));
    case 'matches':
      return matchesPattern(condition.value);
    case 'pathInside':
      return insideFolder(condition.value);
    case 'hostIs':
    case 'hostUnder':
      return onHost(condition.op, condition.value);
    case 'numberAtMost':
      return onNumber((value) => value <= condition.value);
    case 'numberAtLeast':
      return onNumber((value) => value >= condition.value);
    case 'lengthAtMost':
      return (value) => lengthVerdict(value, condition.value);
    default:
      return unknownOperator(condition);
  }
}

function unknownOperator(condition: never): never {
  throw new Error(`The operator ${String(Reflect.get(condition, 'op'))} is not known.`);
}

function sameAs(wanted: readonly (string | number | boolean | null)[]): ValueTest {
  const types = new Set(wanted.map(typeOf));
  const texts = wanted.filter((value) => typeof value === 'string').map(readableText);
  return (value) => {
    if (!types.has(typeOf(value))) return 'unsure';
    if (wanted.includes(value as string)) return 'yes';
    return typeof value === 'string' && texts.includes(readableText(value)) ? 'unsure' : 'no';
  };
}

function typeOf(value: JsonValue): string {
  return value === null ? 'null' : typeof value;
}

/** What only holds once look-alikes are made plain is not sure. */
function onText(holds: (text: string) => boolean): ValueTest {
  return (value) => {
    if (typeof value !== 'string') return 'unsure';
    if (holds(value)) return 'yes';
    const readable = readableText(value);
    return readable !== value && holds(readable) ? 'unsure' : 'no';
  };
}

function matchesPattern(source: string): ValueTest {
  let pattern: RE2JS;
  try {
    pattern = RE2JS.compile(source);
  } catch {
    throw new Error(`The pattern “${source}” is not one that runs in linear time (RE2).`);
  }
  const test = onText((text) => pattern.matcher(text).find());
  return (value, facts) => (typeof value === 'string' && value.length > maxPatternText ? 'unsure' : test(value, facts));
}

function insideFolder(folder: string): ValueTest {
  if (!/^(\/|~(\/|$)|[A-Za-z]:[/\\]|\\\\)/.test(folder)) throw new Error(`“${folder}” is not an absolute folder.`);
  return (value, { paths }) => (typeof value === 'string' ? isPathInside(value, folder, paths) : 'unsure');
}

function onHost(op: 'hostIs' | 'hostUnder', text: string): ValueTest {
  const wanted = parseHost(text);
  if (!wanted) throw new Error(`“${text}” is not the name of a host.`);
  const test = op === 'hostIs' ? isHost : isHostUnder;
  return (value) => (typeof value === 'string' ? test(value, wanted) : 'unsure');
}

function onNumber(holds: (value: number) => boolean): ValueTest {
  return (value) => (typeof value === 'number' && Number.isFinite(value) ? verdictOf(holds(value)) : 'unsure');
}

function lengthVerdict(value: JsonValue, most: number): Verdict {
  if (Array.isArray(value)) return verdictOf(value.length <= most);
  if (typeof value !== 'string') return 'unsure';
  if (value.length <= most) return 'yes';
  // characters, not UTF-16 units, of which there are at most twice as many
  if (value.length > most * 2) return 'no';
  let characters = 0;
  for (const _character of value) characters += 1;
  return verdictOf(characters <= most);
}
