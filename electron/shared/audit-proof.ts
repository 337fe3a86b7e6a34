import { z } from 'zod';

/**
 * How much a written row of the audit log can survive. `normal`: the death of the process. `full`: also a power cut, at
 * the price of one sync of the disk, shared by all rows that wait for one. `by-tier`: full for decisions on tools of
 * the Write tier and above, normal for the rest.
 */
export const auditDurabilitySchema = z.enum(['by-tier', 'full', 'normal']);
export type AuditDurability = z.infer<typeof auditDurabilitySchema>;

/** What stays in the log; null: no limit. Rows go from the oldest on, and a signed row tells that they are gone. */
export const auditRetentionSchema = z.strictObject({
  days: z.number().int().min(1).max(36_500).nullable(),
  megabytes: z.number().int().min(10).max(10_000_000).nullable(),
});
export type AuditRetention = z.infer<typeof auditRetentionSchema>;

/**
 * `broken`: what is in the files was not written by ScopeGate, or not all of it. `incomplete`: rows were lost, and the
 * log itself says so. `whole`: nothing of this was found.
 */
export const auditVerdictSchema = z.enum(['whole', 'incomplete', 'broken']);

export const auditProblemSchema = z.object({
  /** The first bad row; null where it is not about one row. */
  seq: z.number().int().nullable(),
  code: z.enum([
    'unreadable',
    'gap',
    'link',
    'hash',
    'beginning',
    'indexes',
    'checkpoint',
    'rolled_back',
    'first_key',
    'other_head',
    'recorded_loss',
  ]),
  /** One sentence, plain. */
  message: z.string(),
});
export type AuditProblem = z.infer<typeof auditProblemSchema>;

export const auditReportSchema = z.object({
  verdict: auditVerdictSchema,
  /** The first problem stands first. */
  problems: z.array(auditProblemSchema),
  /** Numbers of the oldest and the newest row; both 0 in an empty log. */
  firstSeq: z.number().int(),
  lastSeq: z.number().int(),
  lastHash: z.string(),
  /** Rows up to here fit their hashes and each other; 0: not even the first. */
  chainedThrough: z.number().int(),
  /** Rows up to here are covered by a signature. */
  signedThrough: z.number().int(),
  /** Rows up to here are confirmed by the mark beside the database; those after it are not proven. */
  confirmedThrough: z.number().int(),
  /** Rows up to here were pruned, as a row of the log says; 0: none. */
  prunedThrough: z.number().int(),
  checkpoints: z.number().int(),
  /** The public keys every signature goes back to, base64; more than one where the keys had to begin anew. */
  firstKeys: z.array(z.string()),
  /** What could not be looked at, or was not. */
  notes: z.array(z.string()),
});
export type AuditReport = z.infer<typeof auditReportSchema>;

export const auditProofSchema = z.object({
  /** Why the log cannot be written; null while it can. */
  problem: z.string().nullable(),
  durability: auditDurabilitySchema,
  retention: auditRetentionSchema,
  rows: z.number().int(),
  lastSeq: z.number().int(),
  /** Of the database with its write-ahead log, bytes. */
  bytes: z.number().int(),
  prunedThrough: z.number().int(),
  /** The newest signed checkpoint; null before the first. */
  checkpoint: z.object({ n: z.number().int(), seq: z.number().int(), at: z.number() }).nullable(),
  firstKeys: z.array(z.string()),
  /** While a verification runs. */
  run: z.object({ checked: z.number().int(), total: z.number().int() }).nullable(),
  /** Of the last verification since the start. */
  report: auditReportSchema.extend({ at: z.number() }).nullable(),
});
export type AuditProof = z.infer<typeof auditProofSchema>;

const nothing = z.strictObject({});
const done = z.object({});

export const auditProofMethods = {
  'audit.proof': { params: nothing, result: auditProofSchema },
  /** Begins to verify the whole log beside the running calls; `audit.proof` events tell how far it is and what it found. */
  'audit.verify': { params: nothing, result: done },
  'audit.stopVerify': { params: nothing, result: done },
  'audit.setDurability': { params: z.strictObject({ durability: auditDurabilitySchema }), result: done },
  /** Prunes at once what the new limits no longer keep; returns how many rows that were. */
  'audit.setRetention': { params: auditRetentionSchema, result: z.object({ pruned: z.number().int() }) },
  /** Tries to write again after a failure; calls go on when `problem` is null. */
  'audit.retry': { params: nothing, result: z.object({ problem: z.string().nullable() }) },
} as const satisfies Record<string, { params: z.ZodType; result: z.ZodType }>;

export const auditProofEventSchema = z.object({ type: z.literal('audit.proof'), proof: auditProofSchema });
