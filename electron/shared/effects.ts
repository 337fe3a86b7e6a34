import { z } from 'zod';

/** What policy can say about a call. On the wire, in the database and in YAML; the UI says Allow, Ask, Block. */
export const effectSchema = z.enum(['allow', 'ask', 'deny']);
export type Effect = z.infer<typeof effectSchema>;

/** Risk tiers from least to most dangerous; "high" means the last three. */
export const riskTiers = ['read', 'write', 'publish', 'destructive', 'secret'] as const;
export const riskTierSchema = z.enum(riskTiers);
export type RiskTier = z.infer<typeof riskTierSchema>;

/** One fact that led to a risk tier, with where it comes from ("name", "server, not trusted", …). */
export const riskReasonSchema = z.object({ tier: riskTierSchema, text: z.string(), source: z.string() });
export type RiskReason = z.infer<typeof riskReasonSchema>;

export const riskSchema = z.object({
  tier: riskTierSchema,
  reasons: z.array(riskReasonSchema),
  /** The user set this tier; nothing else counts. */
  isOverridden: z.boolean().optional(),
});
export type Risk = z.infer<typeof riskSchema>;

/** Where the position of a tool's switch comes from, nearest first. */
export const grantSourceSchema = z.enum(['tool', 'server', 'agent', 'global', 'review']);
export type GrantSource = z.infer<typeof grantSourceSchema>;

/** A token bucket: `count` calls per `per`, with a burst of `count`. */
export const rateLimitSchema = z.object({
  count: z.number().int().min(1).max(1_000_000),
  per: z.enum(['s', 'min', 'h']),
});
export type RateLimit = z.infer<typeof rateLimitSchema>;

/** How a call ended. `unknown`: a decision row without an outcome was found at start. */
export const outcomeSchema = z.enum([
  'ok',
  'tool_error',
  'denied',
  'paused',
  'degraded',
  'unknown',
  'rate_limited',
  'invalid_arguments',
  'approval_denied',
  'approval_expired',
  'credential_unavailable',
  'upstream_error',
  'not_found',
  'cancelled',
  'internal_error',
]);
export type Outcome = z.infer<typeof outcomeSchema>;

/** True for the tiers where a mistake cannot be taken back. */
export function isHighTier(tier: RiskTier): boolean {
  return riskTiers.indexOf(tier) >= riskTiers.indexOf('publish');
}
