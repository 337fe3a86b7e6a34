import { z } from 'zod';
import { decisionSchema } from './call.ts';
import { effectSchema, rateLimitSchema, riskSchema, riskTierSchema } from './effects.ts';
import { presetIdSchema } from './presets.ts';
import { argumentConditionSchema } from './rule-condition.ts';

/** Everything; alone or as whole segments of a name. */
export const anything = '*';

/**
 * A name or a pattern of one: `*` for everything, or `*` in the place of one or more whole segments, which are separated
 * by `_`, `-`, `.`, `/` or `:` (`create_*`, `*_issue`). A star inside a segment (`del*`) is refused.
 */
export const namePatternSchema = z
  .string()
  .min(1)
  .max(128)
  .refine((text) => text.split(/[_\-./:]/).every((segment) => segment === '*' || !segment.includes('*')), {
    error: 'A star stands for whole parts of a name, such as create_*',
  });

/** `a-z`, digits, `-`; chosen once, kept by export and import. */
export const policyIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'Use lower-case letters, digits and hyphens, at most 64.');

const maxRuleBytes = 16_384;
const ruleNameSchema = z.string().trim().min(1).max(120);
const conditionsSchema = z.array(argumentConditionSchema).max(20);
const isSmall = (value: unknown) => JSON.stringify(value).length <= maxRuleBytes;

/**
 * One rule: when this agent calls this tool and all conditions hold, the effect. The order of rules never matters: any
 * matching Block wins over any Ask, any Ask over any Allow. `agent` is an agent's id or `*`.
 */
export const ruleSchema = z
  .strictObject({
    id: policyIdSchema,
    name: ruleNameSchema,
    enabled: z.boolean(),
    effect: effectSchema,
    agent: z.string().min(1).max(128),
    server: namePatternSchema,
    tool: namePatternSchema,
    conditions: conditionsSchema,
    /** At most so many calls of this rule; what comes faster is refused with the time to wait. Not with Block. */
    limit: rateLimitSchema.nullable(),
    /** Milliseconds since the epoch; null: until removed. */
    expiresAt: z.number().int().min(0).max(8_640_000_000_000_000).nullable(),
  })
  .refine((rule) => rule.effect !== 'deny' || rule.limit === null, {
    path: ['limit'],
    error: 'A rule that blocks has no limit.',
  })
  .refine(isSmall, { error: 'The rule is larger than 16 KiB.' });
export type Rule = z.infer<typeof ruleSchema>;

/** The user's never-list: blocks for every agent, beyond every rule and grant, with no end and no switch. */
export const neverEntrySchema = z
  .strictObject({
    id: policyIdSchema,
    name: ruleNameSchema,
    server: namePatternSchema,
    tool: namePatternSchema,
    conditions: conditionsSchema,
  })
  .refine(isSmall, { error: 'The entry is larger than 16 KiB.' });
export type NeverEntry = z.infer<typeof neverEntrySchema>;

/** The same call `count` times within `seconds` asks; null: no loop detection. */
export const loopLimitSchema = z.strictObject({
  count: z.number().int().min(2).max(1000),
  seconds: z.number().int().min(1).max(3600),
});
export type LoopLimit = z.infer<typeof loopLimitSchema>;

/** What policy knows of one agent beyond its switches. */
export const agentPolicySettingsSchema = z.strictObject({
  preset: presetIdSchema.nullable(),
  loop: loopLimitSchema.nullable(),
  /** Private data, then foreign text, then an outward call in one session: the outward call asks. */
  flowGuard: z.boolean(),
});
export type AgentPolicySettings = z.infer<typeof agentPolicySettingsSchema>;

/** One thing to write; `value: null` removes it. A list of changes is applied whole or not at all. */
export const policyChangeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('rule'), id: policyIdSchema, value: ruleSchema.nullable() }),
  z.strictObject({ kind: z.literal('never'), id: policyIdSchema, value: neverEntrySchema.nullable() }),
  /** The user's own tier of a tool; wins over every other reason. */
  z.strictObject({
    kind: z.literal('risk'),
    serverId: z.string(),
    tool: z.string(),
    value: riskTierSchema.nullable(),
  }),
  z.strictObject({
    kind: z.literal('agent'),
    agentId: z.string(),
    value: agentPolicySettingsSchema.nullable(),
  }),
]);
export type PolicyChange = z.infer<typeof policyChangeSchema>;
export const policyChangesSchema = z.array(policyChangeSchema).max(2000);

/**
 * A remembered approval. `exact`: only these arguments, by keyed digest. `pattern`: `equals` must be there with exactly
 * these values, `free` may be anything, `conditions` must hold, and an argument named in none of them must be absent.
 */
export const grantMatchSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('exact'), argumentsDigest: z.string() }),
  z.strictObject({
    kind: z.literal('pattern'),
    equals: z.record(z.string(), z.json()),
    free: z.array(z.string()).max(200),
    conditions: conditionsSchema,
  }),
  z.strictObject({ kind: z.literal('any') }),
]);
export type GrantMatch = z.infer<typeof grantMatchSchema>;

/** Remembered approvals are made by the approval engine, may be shortened or ended, and are never silently extended. */
export const liveGrantSchema = z.strictObject({
  id: z.string().min(1).max(64),
  agentId: z.string(),
  serverId: z.string(),
  tool: z.string(),
  match: grantMatchSchema,
  /** Milliseconds since the epoch; null: no end by time. */
  expiresAt: z.number().int().nullable(),
  /** Ends when the engine ends. */
  untilQuit: z.boolean(),
  /** Calls it is still good for; null: any number. */
  usesLeft: z.number().int().min(0).nullable(),
  createdAt: z.number().int(),
  /** The approval it came from. */
  approvalId: z.string().nullable(),
  /** The sentence the person agreed to. */
  sentence: z.string().max(500),
});
export type LiveGrant = z.infer<typeof liveGrantSchema>;

/** What keeps a stored rule from working; such a rule blocks everything in its scope until it is mended or removed. */
export const policyFaultSchema = z.object({ ruleId: z.string().nullable(), message: z.string(), at: z.number() });
export type PolicyFault = z.infer<typeof policyFaultSchema>;

/**
 * `dead`: can never match. `contradictory`: another rule is about exactly the same calls and says otherwise. `shadowed`:
 * matches, but another rule always decides first.
 */
export const lintFindingSchema = z.object({
  kind: z.enum(['dead', 'contradictory', 'shadowed', 'expired', 'suspended', 'broad']),
  ruleId: z.string(),
  /** One plain sentence. */
  message: z.string(),
  /** The rule that shadows or contradicts it. */
  byRuleId: z.string().nullable(),
});
export type LintFinding = z.infer<typeof lintFindingSchema>;

export const ruleViewSchema = z.object({
  rule: ruleSchema,
  state: z.enum(['active', 'off', 'expired']),
  /** "When Claude Code calls github: create_issue … → Allow"; rules as sentences are made here so that all views agree. */
  sentence: z.string(),
  /** Last saved by a person; Allow rules older than a rise of a tool's tier are suspended for that tool. */
  confirmedAt: z.number(),
  /** Tools (`server`, `tool`) for which this Allow rule is suspended. */
  suspendedFor: z.array(z.object({ serverId: z.string(), tool: z.string() })),
  /** Tokens left now, when the rule has a limit. */
  limitRemaining: z.number().nullable(),
});

export const policyViewSchema = z.object({
  version: z.number().int(),
  rules: z.array(ruleViewSchema),
  never: z.array(z.object({ entry: neverEntrySchema, sentence: z.string() })),
  riskOverrides: z.array(z.object({ serverId: z.string(), tool: z.string(), tier: riskTierSchema })),
  agents: z.array(z.object({ agentId: z.string(), settings: agentPolicySettingsSchema })),
  faults: z.array(policyFaultSchema),
  lint: z.array(lintFindingSchema),
  /** Days arguments are kept, sealed, for replay; 0: not at all. */
  replayDays: z.number().int(),
  /** Calls whose arguments are kept now. */
  replayCalls: z.number().int(),
});
export type PolicyView = z.infer<typeof policyViewSchema>;

export const testedCallSchema = z.object({
  decision: decisionSchema,
  risk: riskSchema,
  /** Whether the agent sees the tool at all. */
  listed: z.boolean(),
  /** What the input schema says of these arguments; null when they fit. */
  argumentsProblem: z.string().nullable(),
});
export type TestedCall = z.infer<typeof testedCallSchema>;

/** One past call as policy would decide it now (`before`) and with the draft (`after`). Null: cannot be told. */
export const replayedCallSchema = z.object({
  callId: z.string(),
  at: z.number(),
  agentId: z.string(),
  agentName: z.string(),
  serverId: z.string(),
  tool: z.string(),
  subject: z.string(),
  before: effectSchema.nullable(),
  after: effectSchema.nullable(),
  reason: z.string(),
});
export type ReplayedCall = z.infer<typeof replayedCallSchema>;

export const replaySchema = z.object({
  days: z.number().int(),
  /** Calls looked at; `truncated` when there were more than the replay reads. */
  calls: z.number().int(),
  truncated: z.boolean(),
  /** Calls the draft's own rules match. */
  matched: z.number().int(),
  /** Of the calls that change, by what they would become. */
  nowAllowed: z.number().int(),
  nowAsked: z.number().int(),
  nowBlocked: z.number().int(),
  /** Calls a condition decides whose arguments were not kept. */
  unknown: z.number().int(),
  /** Newest first, at most 200. */
  changed: z.array(replayedCallSchema),
  matchedCalls: z.array(replayedCallSchema),
});
export type Replay = z.infer<typeof replaySchema>;

export const importProblemSchema = z.object({ line: z.number().int(), column: z.number().int(), message: z.string() });
export type ImportProblem = z.infer<typeof importProblemSchema>;

export const importPreviewSchema = z.object({
  problems: z.array(importProblemSchema),
  /** What would be written; empty when there are problems. Sent back to `policy.change` as it is. */
  changes: z.array(policyChangeSchema),
  added: z.array(z.string()),
  changed: z.array(z.object({ id: z.string(), before: z.string(), after: z.string() })),
  removed: z.array(z.string()),
  same: z.number().int(),
  lint: z.array(lintFindingSchema),
});
export type ImportPreview = z.infer<typeof importPreviewSchema>;

export const policyHistoryEntrySchema = z.object({
  seq: z.number().int(),
  at: z.number(),
  actor: z.enum(['agent', 'person', 'engine', 'config']),
  version: z.number().int(),
  /** "Changed rule “No recursive delete”". */
  summary: z.string(),
  /** Sends the thing back to what it was; null when the row does not say. */
  undo: policyChangeSchema.nullable(),
  before: z.json(),
  after: z.json(),
});
export type PolicyHistoryEntry = z.infer<typeof policyHistoryEntrySchema>;

/** A rule prefilled from a call. `suggestions` are conditions the person may switch on, made from its arguments. */
export const ruleDraftSchema = z.object({
  rule: ruleSchema,
  suggestions: z.array(argumentConditionSchema),
  /** Arguments were no longer at hand, so there are no suggestions. */
  forgotten: z.boolean(),
});
export type RuleDraft = z.infer<typeof ruleDraftSchema>;

/** Methods of the bridge that belong to policy; spread into `bridgeMethods`. */
export const policyMethods = {
  'policy.get': { params: z.strictObject({}), result: policyViewSchema },
  /** One transaction. `version`: refused as stale when policy is no longer at it; null: whatever it is. `previous` undoes. */
  'policy.change': {
    params: z.strictObject({ changes: policyChangesSchema.min(1), version: z.number().int().nullable() }),
    result: z.object({ previous: policyChangesSchema, version: z.number().int() }),
  },
  /** What is wrong with a draft and what lint says of the whole set with it; writes nothing. */
  'policy.check': {
    params: z.strictObject({ changes: policyChangesSchema }),
    result: z.object({
      problems: z.array(z.object({ ruleId: z.string(), path: z.string(), message: z.string() })),
      sentences: z.array(z.object({ id: z.string(), sentence: z.string() })),
      lint: z.array(lintFindingSchema),
    }),
  },
  /** Decides a call that is not made, under policy with `changes` applied. */
  'policy.test': {
    params: z.strictObject({
      agentId: z.string(),
      serverId: z.string(),
      tool: z.string(),
      arguments: z.record(z.string(), z.json()),
      changes: policyChangesSchema,
    }),
    result: testedCallSchema,
  },
  'policy.replay': {
    params: z.strictObject({ changes: policyChangesSchema, days: z.number().int().min(1).max(30) }),
    result: replaySchema,
  },
  'policy.export': { params: z.strictObject({}), result: z.object({ text: z.string() }) },
  /** `replace`: what the text does not name is removed. Writes nothing. */
  'policy.previewImport': {
    params: z.strictObject({ text: z.string().max(1_000_000), mode: z.enum(['merge', 'replace']) }),
    result: importPreviewSchema,
  },
  'policy.history': {
    params: z.strictObject({ before: z.number().int().nullable(), limit: z.number().int().min(1).max(200) }),
    result: z.object({ entries: z.array(policyHistoryEntrySchema), more: z.boolean() }),
  },
  'policy.draftFromCall': {
    params: z.strictObject({ callId: z.string(), effect: effectSchema }),
    result: ruleDraftSchema,
  },
  /** 0 turns keeping arguments off and erases what is kept. */
  'policy.setReplayDays': {
    params: z.strictObject({ days: z.number().int().min(0).max(30) }),
    result: z.object({}),
  },
} as const satisfies Record<string, { params: z.ZodType; result: z.ZodType }>;

/** Rules, grants or anything else policy consists of changed: read `policy.get` again. */
export const policyChangedEventSchema = z.object({ type: z.literal('policy.changed'), version: z.number().int() });
