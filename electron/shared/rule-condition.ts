import { z } from 'zod';

/**
 * Where in the arguments a value stands: `repo`, `files[0].path`, `files[*].path` (every element), `["odd key"].x`.
 */
export type ArgumentPath = readonly (string | number | typeof everyElement)[];

/** `[*]` in a path. */
export const everyElement: unique symbol = Symbol('every element');

const maxDepth = 16;
const bareKey = /^[A-Za-z_$][A-Za-z0-9_$-]*/;
const index = /^\[(0|[1-9][0-9]{0,5})\]/;
const quotedKey = /^\[("(?:[^"\\]|\\.)*")\]/;

/** The parts of a path; null when the text is not one. */
export function parseArgumentPath(text: string): ArgumentPath | null {
  const parts: (string | number | typeof everyElement)[] = [];
  let rest = text;
  while (rest !== '') {
    const part = readPart(rest, parts.length === 0);
    if (!part || parts.length === maxDepth) return null;
    parts.push(part.value);
    rest = rest.slice(part.length);
  }
  return parts.length > 0 ? parts : null;
}

function readPart(
  text: string,
  isFirst: boolean,
): { value: string | number | typeof everyElement; length: number } | null {
  if (text.startsWith('[*]') && !isFirst) return { value: everyElement, length: 3 };
  const at = index.exec(text);
  if (at?.[1] !== undefined && !isFirst) return { value: Number(at[1]), length: at[0].length };
  const quoted = quotedKey.exec(text);
  if (quoted?.[1] !== undefined) {
    const key = parseQuoted(quoted[1]);
    return key === null ? null : { value: key, length: quoted[0].length };
  }
  const dot = isFirst ? 0 : 1;
  if (dot === 1 && !text.startsWith('.')) return null;
  const key = bareKey.exec(text.slice(dot));
  return key ? { value: key[0], length: dot + key[0].length } : null;
}

function parseQuoted(text: string): string | null {
  try {
    const key: unknown = JSON.parse(text);
    return typeof key === 'string' ? key : null;
  } catch {
    return null;
  }
}

/** The text of a path, so that `parseArgumentPath` gives the same path back. */
export function formatArgumentPath(path: ArgumentPath): string {
  let text = '';
  for (const part of path) {
    if (part === everyElement) text += '[*]';
    else if (typeof part === 'number') text += `[${part}]`;
    else if (bareKey.exec(part)?.[0] === part) text += text === '' ? part : `.${part}`;
    else text += `[${JSON.stringify(part)}]`;
  }
  return text;
}

const argument = z
  .string()
  .min(1)
  .max(512)
  .refine((text) => parseArgumentPath(text) !== null, {
    error: 'Not an argument: write repo, files[0].path or files[*].path',
  });
const text = z.string().min(1).max(4096);
const scalar = z.union([z.string().max(4096), z.number(), z.boolean(), z.null()]);

/**
 * One typed condition on one argument. An absent optional argument matches only `isAbsent`. A required argument that is
 * absent, or a value of the wrong type, is no match for Allow and a match for Ask and Block.
 */
export const argumentConditionSchema = z.discriminatedUnion('op', [
  z.strictObject({ argument, op: z.literal('is'), value: scalar }),
  z.strictObject({ argument, op: z.literal('isOneOf'), values: z.array(scalar).min(1).max(200) }),
  z.strictObject({ argument, op: z.literal('startsWith'), value: text }),
  z.strictObject({ argument, op: z.literal('endsWith'), value: text }),
  z.strictObject({ argument, op: z.literal('contains'), value: text }),
  /** A folder, absolute or `~/…`; `..`, links, case and encodings of the argument are seen through. */
  z.strictObject({ argument, op: z.literal('pathInside'), value: text }),
  /** A host name, `host:port`, or an address. */
  z.strictObject({ argument, op: z.literal('hostIs'), value: text }),
  /** The host itself or any name below it. */
  z.strictObject({ argument, op: z.literal('hostUnder'), value: text }),
  z.strictObject({ argument, op: z.literal('numberAtMost'), value: z.number() }),
  z.strictObject({ argument, op: z.literal('numberAtLeast'), value: z.number() }),
  /** Characters of a text, elements of a list. */
  z.strictObject({ argument, op: z.literal('lengthAtMost'), value: z.number().int().min(0) }),
  z.strictObject({ argument, op: z.literal('isAbsent') }),
  z.strictObject({ argument, op: z.literal('isPresent') }),
  /** Somewhere in the text, in RE2 syntax (linear time; no look-around, no back references). */
  z.strictObject({ argument, op: z.literal('matches'), value: z.string().min(1).max(1000) }),
]);
export type ArgumentCondition = z.infer<typeof argumentConditionSchema>;
export type ConditionOp = ArgumentCondition['op'];

export const conditionOps = argumentConditionSchema.options.map((option) => option.shape.op.value) as ConditionOp[];

/** The words of each operator, as they stand in a sentence. */
export const operatorWords: Readonly<Record<ConditionOp, string>> = {
  is: 'is',
  isOneOf: 'is one of',
  startsWith: 'starts with',
  endsWith: 'ends with',
  contains: 'contains',
  pathInside: 'is inside',
  hostIs: 'has the host',
  hostUnder: 'has a host under',
  numberAtMost: 'is at most',
  numberAtLeast: 'is at least',
  lengthAtMost: 'is no longer than',
  isAbsent: 'is absent',
  isPresent: 'is present',
  matches: 'matches',
};

/**
 * The operators that make sense for an argument, from its part of the tool's input schema. An unknown type offers all.
 */
export function operatorsFor(schema: unknown): ConditionOp[] {
  const type = typeof schema === 'object' && schema !== null && 'type' in schema ? schema.type : undefined;
  switch (type) {
    case 'string':
      return [
        'is',
        'isOneOf',
        'startsWith',
        'endsWith',
        'contains',
        'pathInside',
        'hostIs',
        'hostUnder',
        'lengthAtMost',
        'matches',
        'isAbsent',
        'isPresent',
      ];
    case 'number':
    case 'integer':
      return ['is', 'isOneOf', 'numberAtMost', 'numberAtLeast', 'isAbsent', 'isPresent'];
    case 'boolean':
      return ['is', 'isAbsent', 'isPresent'];
    case 'array':
      return ['lengthAtMost', 'isAbsent', 'isPresent'];
    case 'object':
    case 'null':
      return ['isAbsent', 'isPresent'];
    default:
      return [...conditionOps];
  }
}
