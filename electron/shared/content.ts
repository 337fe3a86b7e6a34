import { z } from 'zod';

/**
 * How much a finding weighs. `block`: the tool stays unreviewed until a person accepts this very finding. `warn`: a person
 * should look. `note`: worth knowing, harmless by itself; it never makes a definition count as suspicious.
 */
export const findingWeightSchema = z.enum(['block', 'warn', 'note']);

/** One thing found in text from a server. The evidence is a span of the string at `path`; all of it is the server's text. */
export const findingSchema = z.object({
  rule: z.string(),
  weight: findingWeightSchema,
  /** What it is, in a few words. */
  title: z.string(),
  /** What to do about it, in one sentence. */
  advice: z.string(),
  /** Where, as a JSON pointer into the definition (`/description`); the end `~` after it means the member's own name. */
  path: z.string(),
  /** UTF-16 offsets into the string at `path`. */
  start: z.number().int(),
  end: z.number().int(),
  /** The evidence with a little of its surroundings, at most 240 characters, and where in it the evidence stands. */
  excerpt: z.object({ text: z.string(), start: z.number().int(), end: z.number().int() }),
  /** What an encoded piece says in clear, when the finding is about that. */
  decoded: z.string().nullable(),
});
export type Finding = z.infer<typeof findingSchema>;

/** There is no "safe": a definition has findings, or nothing was found in it. */
export const scanOutcomeSchema = z.enum(['found', 'nothing_found']);
export type ScanOutcome = z.infer<typeof scanOutcomeSchema>;

/** How findings in a result are treated. `flag`: passed on and shown; `redact`: replaced; `block`: the result is withheld. */
export const filterModeSchema = z.enum(['off', 'flag', 'redact', 'block']);
export type FilterMode = z.infer<typeof filterModeSchema>;

/**
 * A change of every result of a tool, as data. `path` names members from the result's `structuredContent`, and from text
 * contents that are JSON; `*` stands for every item of an array or member of an object.
 */
export const transformRuleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('drop'), tool: z.string().max(128), path: z.string().min(1).max(400) }),
  z.strictObject({ kind: z.literal('keep'), tool: z.string().max(128), path: z.string().min(1).max(400) }),
  z.strictObject({
    kind: z.literal('replace'),
    tool: z.string().max(128),
    /** Text to look for, as it stands, in every string of the result. */
    find: z.string().min(1).max(400),
    with: z.string().max(400),
  }),
]);
export type TransformRule = z.infer<typeof transformRuleSchema>;

export const filterSettingsSchema = z.strictObject({
  /** Invisible, control and bidirectional characters. */
  hidden: filterModeSchema,
  secrets: filterModeSchema,
  /** Payment cards, bank accounts (IBAN) and US social security numbers. */
  personal: filterModeSchema,
  /** Text that speaks to the agent; `flag` or `off` only. */
  injection: z.enum(['off', 'flag']),
  /** After text that speaks to the agent, the next call of the session that sends something out asks. */
  askAfterInjection: z.boolean(),
  transforms: z.array(transformRuleSchema).max(50),
});
export type FilterSettings = z.infer<typeof filterSettingsSchema>;

export const defaultFilterSettings: FilterSettings = {
  hidden: 'flag',
  secrets: 'flag',
  personal: 'off',
  injection: 'flag',
  askAfterInjection: true,
  transforms: [],
};

/** One kind of thing found in a result; never the thing itself. */
export const resultFindingSchema = z.object({
  kind: z.enum(['hidden', 'secret', 'personal', 'injection', 'transform']),
  /** `github-token`, `iban`, `zero-width`, …; for people, in a few words. */
  what: z.string(),
  count: z.number().int(),
  /** What was done about it. */
  did: z.enum(['flagged', 'redacted', 'withheld', 'changed']),
});
export type ResultFinding = z.infer<typeof resultFindingSchema>;

export const contentMethods = {
  /** What the scanner finds in the definitions and instructions of a server; only tools with findings are listed. */
  'content.findings': {
    params: z.strictObject({ id: z.string() }),
    result: z.object({
      tools: z.array(
        z.object({
          name: z.string(),
          definitionHash: z.string(),
          findings: z.array(findingSchema),
          /** A reviewed tool that is gone and had the same schema and description: this one was probably renamed. */
          renamedFrom: z.string().nullable(),
        }),
      ),
      instructions: z.object({ text: z.string(), findings: z.array(findingSchema) }).nullable(),
    }),
  },
  'content.filter': { params: z.strictObject({ id: z.string() }), result: filterSettingsSchema },
  /** Members left out stay as they are. */
  'content.setFilter': {
    params: z.strictObject({ id: z.string(), settings: filterSettingsSchema.partial() }),
    result: filterSettingsSchema,
  },
  /** What was found in the result of a call that Live still holds. */
  'content.resultFindings': {
    params: z.strictObject({ callId: z.string() }),
    result: z.object({ findings: z.array(resultFindingSchema) }),
  },
} as const satisfies Record<string, { params: z.ZodType; result: z.ZodType }>;
