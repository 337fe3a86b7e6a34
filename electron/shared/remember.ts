import { z } from 'zod';

/** How long a remembered approval lives. "Once" is no remembered approval at all. `until_quit`: until the engine ends. */
export const rememberDurationSchema = z.enum(['15m', '1h', 'until_quit', 'always']);
export type RememberDuration = z.infer<typeof rememberDurationSchema>;

/** What a later call's argument must be. `inside`: a path in this folder; `host`: a URL of this host. */
export const argumentChoiceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('same') }),
  z.strictObject({ kind: z.literal('inside'), folder: z.string().min(1).max(4096) }),
  z.strictObject({ kind: z.literal('host'), host: z.string().min(1).max(255) }),
  z.strictObject({ kind: z.literal('any') }),
]);
export type ArgumentChoice = z.infer<typeof argumentChoiceSchema>;

/** `pattern` names every argument of the call; a later call with an argument it does not name does not fit. */
export const rememberMatchSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('exact') }),
  z.strictObject({ kind: z.literal('pattern'), arguments: z.record(z.string(), argumentChoiceSchema) }),
  z.strictObject({ kind: z.literal('any') }),
]);
export type RememberMatch = z.infer<typeof rememberMatchSchema>;

export const rememberSchema = z.strictObject({ duration: rememberDurationSchema, match: rememberMatchSchema });
export type Remember = z.infer<typeof rememberSchema>;

/** Something the card may offer, or not and why. */
const choiceSchema = z.object({
  offered: z.boolean(),
  /** Why not, in one sentence; empty when offered. */
  reason: z.string(),
});

/** What may be remembered of one call. The engine makes it and holds every answer against it again. */
export const rememberOfferSchema = z.object({
  durations: z.record(rememberDurationSchema, choiceSchema.extend({ needsStepUp: z.boolean() })),
  matches: z.object({ exact: choiceSchema, pattern: choiceSchema, any: choiceSchema }),
  /** For a pattern: each argument of the call with what can be chosen besides `same` and `any`, nearest first. */
  arguments: z.array(z.object({ name: z.string(), folders: z.array(z.string()), host: z.string().nullable() })),
});
export type RememberOffer = z.infer<typeof rememberOfferSchema>;

/** How many calls of the past a permission would have let through, as far as the log can tell. */
export const pastMatchesSchema = z.object({
  /** Null: not all arguments are kept, so it cannot be told. */
  matched: z.number().int().nullable(),
  /** Never fewer than these: calls with exactly these arguments. */
  atLeast: z.number().int(),
  /** Calls of this agent to this tool in the time looked at. */
  calls: z.number().int(),
  /** Since when, milliseconds since the epoch. */
  since: z.number(),
});
export type PastMatches = z.infer<typeof pastMatchesSchema>;

/** A piece of a sentence: words are ours, names and values are text of agents and servers. */
export const sentencePartSchema = z.object({ kind: z.enum(['words', 'name', 'value']), text: z.string() });
export type SentencePart = z.infer<typeof sentencePartSchema>;

export const rememberPreviewSchema = z.object({
  sentence: z.array(sentencePartSchema),
  needsStepUp: z.boolean(),
  /** Why the engine would refuse this permission; null when it would not. */
  refusal: z.string().nullable(),
  past: pastMatchesSchema,
});
export type RememberPreview = z.infer<typeof rememberPreviewSchema>;
