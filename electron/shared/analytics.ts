import { z } from 'zod';

/** Milliseconds, each within 8 % of the true value: they come from a histogram. Null: there was nothing to measure. */
export const percentilesSchema = z.object({
  count: z.number().int(),
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
});
export type Percentiles = z.infer<typeof percentilesSchema>;

/**
 * How calls ended, each call in one of them. `allowed`: went through without a question. `approved`: after one.
 * `denied`: refused by a decision, whoever made it. `failed`: broken machinery or an error of the tool.
 */
export const callClasses = ['allowed', 'approved', 'denied', 'failed', 'cancelled'] as const;
export type CallClass = (typeof callClasses)[number];
const classCounts = {
  allowed: z.number().int(),
  approved: z.number().int(),
  denied: z.number().int(),
  failed: z.number().int(),
  cancelled: z.number().int(),
};

export const analyticsSchema = z.object({
  /** Milliseconds since the epoch; `from` included, `to` not. Both are whole hours. */
  from: z.number(),
  to: z.number(),
  /** Rows of the log these figures do not know yet. */
  unread: z.number().int(),
  calls: z.number().int(),
  outcomes: z.object(classCounts),
  /** Calls refused because they came too fast. */
  rateLimited: z.number().int(),
  /** Equal stretches of time, oldest first, also where nothing happened. */
  buckets: z.array(
    z.object({
      at: z.number(),
      to: z.number(),
      ...classCounts,
      p50: z.number().nullable(),
      p95: z.number().nullable(),
    }),
  ),
  /** Without the time a person took. `added` is what this gateway took beside the server; null where it is not known. */
  latency: z.object({ all: percentilesSchema, added: percentilesSchema.nullable() }),
  servers: z.array(
    z.object({
      serverId: z.string(),
      total: percentilesSchema,
      upstream: percentilesSchema.nullable(),
      added: percentilesSchema.nullable(),
    }),
  ),
  /** Most called first, at most 10. */
  tools: z.array(
    z.object({ serverId: z.string(), tool: z.string(), calls: z.number().int(), denied: z.number().int() }),
  ),
  agents: z.array(
    z.object({
      agentId: z.string(),
      agentName: z.string(),
      calls: z.number().int(),
      denied: z.number().int(),
      rateLimited: z.number().int(),
    }),
  ),
  /** Questions that ended. `medianMs`: of those a person answered. */
  approvals: z.object({
    asked: z.number().int(),
    approved: z.number().int(),
    denied: z.number().int(),
    unanswered: z.number().int(),
    medianMs: z.number().nullable(),
    /** How long people took to answer; `toMs` null: no end. */
    spread: z.array(z.object({ fromMs: z.number(), toMs: z.number().nullable(), count: z.number().int() })),
  }),
  /** Calls a rule blocked, most first, at most 10. `name` is null for a rule that is gone. */
  rules: z.array(z.object({ ruleId: z.string(), name: z.string().nullable(), blocked: z.number().int() })),
  /** What the list of tools costs each agent's model: bytes of the definitions and a quarter of them as tokens. */
  definitions: z.array(
    z.object({
      agentId: z.string(),
      agentName: z.string(),
      tools: z.number().int(),
      bytes: z.number().int(),
      tokens: z.number().int(),
    }),
  ),
});
export type Analytics = z.infer<typeof analyticsSchema>;
