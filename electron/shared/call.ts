import { z } from 'zod';
import { effectSchema, outcomeSchema, riskSchema, riskTierSchema } from './effects.ts';
import { maskedValueSchema } from './masked.ts';

/** One step of a decision; the step that decided has `hit: true`. */
export const traceStepSchema = z.object({
  step: z.enum([
    'kill-switch',
    'agent-paused',
    'own-switch',
    'review',
    'switch',
    'approval',
    'limit',
    'arguments',
    'audit',
    'never-list',
    'block-rules',
    'loop',
    'flow',
    'grant',
    'ask-rules',
    'allow-rules',
    'fault',
  ]),
  hit: z.boolean(),
  text: z.string(),
  /** The rule, never-list entry or grant this step is about; the UI links to it. */
  ruleId: z.string().optional(),
});
export type TraceStep = z.infer<typeof traceStepSchema>;

export const decisionSchema = z.object({
  effect: effectSchema,
  /** Machine-readable: `switch_tool`, `switch_server`, `switch_agent`, `switch_global`, `own_block`, `changed`, `paused`, `never`, `rule_deny`, `rule_ask`, `rule_allow`, `grant`, `loop`, `flow`, `policy_fault`, … */
  reasonCode: z.string(),
  /** One plain sentence. */
  reason: z.string(),
  policyVersion: z.number().int(),
  trace: z.array(traceStepSchema),
  /** The rules that decided: every matching one of the effect. Their limits apply to this call. */
  ruleIds: z.array(z.string()).optional(),
  /** The remembered approval that decided. */
  grantId: z.string().optional(),
});
export type Decision = z.infer<typeof decisionSchema>;

export const callStatusSchema = z.enum(['received', 'awaiting_approval', 'running', 'settled']);

/** One row of the Live list. Settles in place: the same id is sent again with every change. */
export const callViewSchema = z.object({
  id: z.string(),
  at: z.number(),
  agentId: z.string(),
  agentName: z.string(),
  serverId: z.string(),
  tool: z.string(),
  /** One line on what the call is about, made from the arguments; text from the agent, at most 120 characters. */
  subject: z.string(),
  status: callStatusSchema,
  outcome: outcomeSchema.nullable(),
  effect: effectSchema.nullable(),
  riskTier: riskTierSchema,
  /** Milliseconds from receipt to reply, once settled. */
  durationMs: z.number().nullable(),
  /** Of which waiting for a person. */
  waitedMs: z.number().nullable(),
  /** Set while a person is asked. */
  approvalId: z.string().nullable(),
  expiresAt: z.number().nullable(),
});
export type CallView = z.infer<typeof callViewSchema>;

export const timelineEntrySchema = z.object({
  /** Milliseconds since the call was received, with three decimals. */
  offsetMs: z.number(),
  name: z.string(),
  note: z.string().nullable(),
});
export type TimelineEntry = z.infer<typeof timelineEntrySchema>;

/** Everything known about one call. `arguments` and `result` are kept in memory only, for the calls Live still shows. */
export const callDetailSchema = z.object({
  view: callViewSchema,
  decision: decisionSchema.nullable(),
  risk: riskSchema.nullable(),
  arguments: z.json().nullable(),
  /** Values of `arguments` that look secret; see `maskedText`. */
  masked: z.array(maskedValueSchema).default([]),
  argumentsDigest: z.string().nullable(),
  /** The reply as sent, cut at 64 KiB; null when nothing came back or when it is no longer held. */
  result: z.object({ text: z.string(), bytes: z.number().int(), truncated: z.boolean() }).nullable(),
  resultDigest: z.string().nullable(),
  /** What the agent was told, when the call was refused or failed; of a broken server more, for the person alone. */
  told: z.string().nullable(),
  timeline: z.array(timelineEntrySchema),
  clientName: z.string().nullable(),
  /** Arguments, result and timeline have left memory (restart, or older than the last 5,000 calls). */
  forgotten: z.boolean(),
});
export type CallDetail = z.infer<typeof callDetailSchema>;
