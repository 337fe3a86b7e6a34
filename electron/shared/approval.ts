import { z } from 'zod';
import { decisionSchema } from './call.ts';
import { effectSchema, riskSchema } from './effects.ts';
import { maskedValueSchema } from './masked.ts';
import { rememberSchema } from './remember.ts';

/** `approved` is armed for one identical call until `expiresAt`; `used` when that call went through. */
export const approvalStatusSchema = z.enum(['pending', 'approved', 'used', 'denied', 'expired', 'cancelled']);
export type ApprovalStatus = z.infer<typeof approvalStatusSchema>;

export const denyReasonSchema = z.enum(['not_asked', 'wrong_target', 'too_broad', 'other']);
export type DenyReason = z.infer<typeof denyReasonSchema>;

/** The program a call came from, as the operating system tells it; paths are text from outside. */
export const callingProcessSchema = z.object({
  pid: z.number().int(),
  /** The file it runs. */
  path: z.string(),
  parent: z.object({ pid: z.number().int(), path: z.string() }).nullable(),
  /** It started `scopegate connect`, which made the connection. */
  throughConnect: z.boolean(),
});
export type CallingProcess = z.infer<typeof callingProcessSchema>;

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
  /** The program behind the connection; null where the system does not tell. */
  process: callingProcessSchema.nullable().default(null),
  /** The person's own names of the credentials that go with the call, as they are bound now. */
  credentialNames: z.array(z.string()).default([]),
  subject: z.string(),
  arguments: z.json().nullable(),
  /** Values of `arguments` and `edited` that look secret: `maskedText` stands in their place until they are revealed. */
  masked: z.array(maskedValueSchema).default([]),
  /** What else the request holds beside its target and arguments (`task`, vendor members); bound by the digest too. */
  otherParams: z.record(z.string(), z.json()).default({}),
  /** The request's method and what it reaches for: `tools/call` of a tool, `resources/read` of a resource, … */
  method: z.string().default('tools/call'),
  kind: z.string().default('tool'),
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
  /** HMAC of the arguments alone, as the audit log holds it; null on cards of an older version. */
  argumentsDigest: z.string().nullable().default(null),
  /** Since when the time limit stands still (screen locked, or the person is away); time left: `expiresAt - stoppedAt`. */
  stoppedAt: z.number().nullable().default(null),
  /** Ended without a person's answer and kept, with its arguments, until somebody looks: "Allow next time" works on it. */
  toReview: z.boolean().default(false),
  /** The person changed the arguments: what will be, or was, sent instead. Null in history, as `arguments`. */
  edited: z.record(z.string(), z.json()).nullable().default(null),
  /** `digest` of the edited call; stays in history. */
  editedDigest: z.string().nullable().default(null),
  /** What was remembered with the answer, in words and without any value of the arguments. */
  remembered: z.string().nullable().default(null),
});
export type ApprovalView = z.infer<typeof approvalViewSchema>;

/** `menu` and `notification` are the tray and the system's notices: they show no arguments, so they approve Read only. */
export const approvalInputSchema = z.enum(['pointer', 'keyboard', 'menu', 'notification']);
export type ApprovalInput = z.infer<typeof approvalInputSchema>;

/** From so many waiting cards of one agent on, they are shown as one. */
export const stormAt = 6;
/** Waiting cards one agent may have; further calls are refused until some are answered. */
export const maxWaitingPerAgent = 20;

export const approvalDecisionSchema = z.strictObject({
  id: z.string(),
  /** The digest the person saw; a decision on anything else is refused. */
  digest: z.string(),
  verdict: z.enum(['approve', 'deny']),
  denyReason: denyReasonSchema.nullable(),
  denyNote: z.string().max(280).nullable(),
  /** How it was given and what the card had done by then; written to the audit. */
  input: approvalInputSchema,
  shownAt: z.number(),
  armedAt: z.number().nullable(),
  /** With an approval: what to let through without asking from now on. Nothing: this call only. */
  remember: rememberSchema.nullable().optional(),
  /** With an approval: the arguments to send instead; checked against the tool's schema and decided anew. */
  edited: z.record(z.string(), z.json()).nullable().optional(),
});
export type ApprovalDecision = z.infer<typeof approvalDecisionSchema>;

/** "Allow next time" on an item under review: arms one identical call. */
export const allowNextSchema = approvalDecisionSchema.pick({
  id: true,
  digest: true,
  input: true,
  shownAt: true,
  armedAt: true,
});
export type AllowNext = z.infer<typeof allowNextSchema>;

/** What the engine makes of edited arguments before anybody approves them. */
export const editCheckSchema = z.object({
  ok: z.boolean(),
  /** Why not, in one sentence; empty when `ok`. */
  message: z.string(),
  /** What policy says of the edited call; null when it does not fit the tool's schema. */
  effect: effectSchema.nullable(),
  risk: riskSchema.nullable(),
});
export type EditCheck = z.infer<typeof editCheckSchema>;

export const approvalSettingsSchema = z.object({
  /** How long a person has, milliseconds. */
  timeoutMs: z
    .number()
    .int()
    .min(30_000)
    .max(30 * 60_000),
  /** How long the very same call is refused at once after a denial, milliseconds; 0: never. */
  cooldownMs: z
    .number()
    .int()
    .min(0)
    .max(60 * 60_000),
  /** While away: `hold` keeps new questions with the time standing still; `deny` refuses them. Both leave them to review. */
  whenAway: z.enum(['hold', 'deny']),
  /** Away begins and ends with the screen's lock. */
  awayOnLock: z.boolean(),
});
export type ApprovalSettings = z.infer<typeof approvalSettingsSchema>;

/** A remembered approval in force. It may be shortened or ended, never extended. */
export const grantViewSchema = z.object({
  id: z.string(),
  agentId: z.string(),
  agentName: z.string(),
  serverId: z.string(),
  tool: z.string(),
  /** The sentence the person agreed to; names and values in it are text of agents and servers. */
  sentence: z.string(),
  createdAt: z.number(),
  /** Milliseconds since the epoch; null: no end by time. */
  expiresAt: z.number().nullable(),
  /** Ends when the engine ends. */
  untilQuit: z.boolean(),
});
export type GrantView = z.infer<typeof grantViewSchema>;

/** Everything about approvals that is no single card. */
export const approvalStateSchema = z.object({
  settings: approvalSettingsSchema,
  away: z.object({ since: z.number(), cause: z.enum(['person', 'lock']) }).nullable(),
  screenLocked: z.boolean(),
  /** This host learns of the screen's lock; without it nothing about the lock should be offered. */
  screenWatched: z.boolean(),
  /** What stands in for "really you" before a dangerous permission for ever. */
  stepUp: z.object({
    available: z.boolean(),
    /** "Touch ID"; empty when there is none. */
    method: z.string(),
    /** Why there is none, in one sentence. */
    reason: z.string(),
  }),
  /** Items that ended without a person and wait to be looked at. */
  toReview: z.number().int(),
  /** Remembered approvals in force, newest first. */
  grants: z.array(grantViewSchema),
});
export type ApprovalState = z.infer<typeof approvalStateSchema>;

/** One (agent, tool) of the fatigue meter, and what would spare questions without allowing more than was approved. */
export const fatigueRowSchema = z.object({
  agentId: z.string(),
  agentName: z.string(),
  serverId: z.string(),
  tool: z.string(),
  asked: z.number().int(),
  approved: z.number().int(),
  denied: z.number().int(),
  /** Ended by the time limit, away mode or policy. */
  unanswered: z.number().int(),
  medianMs: z.number().nullable(),
  /** Narrower than "any arguments"; null when the log gives no ground for one. */
  suggestion: z
    .object({
      kind: z.enum(['exact', 'inside', 'host']),
      /** The folder or host; for `exact` the one line on what the call is about. */
      value: z.string(),
      /** Approved calls it would have spared. */
      spares: z.number().int(),
      text: z.string(),
    })
    .nullable(),
});
export type FatigueRow = z.infer<typeof fatigueRowSchema>;

export const fatigueSchema = z.object({
  days: z.number().int(),
  /** Questions of each day, oldest first; `day` is its start, local time of the engine. */
  perDay: z.array(z.object({ day: z.number(), asked: z.number().int() })),
  asked: z.number().int(),
  approved: z.number().int(),
  denied: z.number().int(),
  unanswered: z.number().int(),
  /** Median time to a person's answer, milliseconds. */
  medianMs: z.number().nullable(),
  /** Share of answers within two seconds of the card being shown: too quick to have been read. Null without answers. */
  hastyShare: z.number().nullable(),
  /** Most asked first, at most 50. */
  rows: z.array(fatigueRowSchema),
});
export type Fatigue = z.infer<typeof fatigueSchema>;
