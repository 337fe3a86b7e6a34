import { z } from 'zod';
import { decisionSchema } from './call.ts';
import { riskSchema } from './effects.ts';

/** `approved` is armed for one identical call until `expiresAt`; `used` when that call went through. */
export const approvalStatusSchema = z.enum(['pending', 'approved', 'used', 'denied', 'expired', 'cancelled']);
export type ApprovalStatus = z.infer<typeof approvalStatusSchema>;

export const denyReasonSchema = z.enum(['not_asked', 'wrong_target', 'too_broad', 'other']);
export type DenyReason = z.infer<typeof denyReasonSchema>;

/**
 * A question to the person, bound to (agent, server, tool, canonical arguments, definition) by `digest`.
 * `arguments` is the exact value that will be sent; null in history, where only the digest is kept.
 */
export const approvalViewSchema = z.object({
  id: z.string(),
  callId: z.string(),
  agentId: z.string(),
  agentName: z.string(),
  tokenHint: z.string(),
  clientName: z.string().nullable(),
  agentFirstSeenAt: z.number(),
  /** Calls of this agent to this very tool before this one. */
  priorCalls: z.number().int(),
  serverId: z.string(),
  serverName: z.string(),
  tool: z.string(),
  /** The server's own words; shown in a titled well, never as ours. */
  toolDescription: z.string().nullable(),
  subject: z.string(),
  arguments: z.json().nullable(),
  digest: z.string(),
  risk: riskSchema,
  decision: decisionSchema,
  status: approvalStatusSchema,
  /** Identical calls that wait on this one card. 0: nobody waits any more ("allow next time"). */
  waiting: z.number().int(),
  createdAt: z.number(),
  /** End of the wait while pending; end of the arming while approved. */
  expiresAt: z.number(),
  decidedAt: z.number().nullable(),
  decidedBy: z.enum(['person', 'timeout', 'agent', 'engine']).nullable(),
  denyReason: denyReasonSchema.nullable(),
  denyNote: z.string().nullable(),
});
export type ApprovalView = z.infer<typeof approvalViewSchema>;

export const approvalDecisionSchema = z.strictObject({
  id: z.string(),
  /** The digest the person saw; a decision on anything else is refused. */
  digest: z.string(),
  verdict: z.enum(['approve', 'deny']),
  denyReason: denyReasonSchema.nullable(),
  denyNote: z.string().max(280).nullable(),
  /** How it was given and what the card had done by then; written to the audit. */
  input: z.enum(['pointer', 'keyboard', 'menu']),
  shownAt: z.number(),
  armedAt: z.number().nullable(),
});
export type ApprovalDecision = z.infer<typeof approvalDecisionSchema>;
