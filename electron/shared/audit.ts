import { z } from 'zod';
import { analyticsSchema } from './analytics.ts';
import { effectSchema } from './effects.ts';

/** What the bridge says of the audit log as a list: reading, searching, exporting. How it is proven stands elsewhere. */

const terms = z.array(z.string().min(1).max(200)).max(20);

/**
 * Every key that is not empty must fit, one value of a key is enough, every text must be found. `agent`, `server`,
 * `tool` and `event` fit as a part of the name; `outcome`, `rule` and `tier` whole. Times in milliseconds since the
 * epoch, `after` included, `before` not.
 */
export const auditFilterSchema = z.strictObject({
  agent: terms,
  server: terms,
  tool: terms,
  outcome: terms,
  rule: terms,
  tier: terms,
  event: terms,
  text: z.array(z.string().min(1).max(200)).max(10),
  after: z.number().int().min(0).nullable(),
  before: z.number().int().min(0).nullable(),
});
export type AuditFilter = z.infer<typeof auditFilterSchema>;

/** The filter that fits every entry. */
export const everyEntry: AuditFilter = {
  agent: [],
  server: [],
  tool: [],
  outcome: [],
  rule: [],
  tier: [],
  event: [],
  text: [],
  after: null,
  before: null,
};

const text = z.string().nullable();

/** One entry of the log as a list shows it. A forwarded call is shown by the row of its end. */
export const auditEntrySchema = z.object({
  seq: z.number().int(),
  at: z.number(),
  event: z.string(),
  actor: z.enum(['agent', 'person', 'engine', 'config']),
  agentId: text,
  agentName: text,
  serverId: text,
  tool: text,
  callId: text,
  effect: effectSchema.nullable(),
  /** One of the outcomes of a call, or null. */
  outcome: text,
  reasonCode: text,
  riskTier: text,
  policyVersion: z.number().nullable(),
  /** The rule, never-list entry or permission that decided. */
  ruleId: text,
  /** Name of the credential that was used, never its value. */
  credential: text,
  approvalId: text,
  /** What the call was about, or what a change was made to; text from outside. */
  subject: text,
  durationMs: z.number().nullable(),
  waitedMs: z.number().nullable(),
  upstreamMs: z.number().nullable(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

/** The whole entry. `rows`: every row of the same call, oldest first, or this one alone. */
export const auditEntryDetailSchema = z.object({
  entry: auditEntrySchema,
  details: z.json().nullable(),
  argumentsDigest: text,
  resultDigest: text,
  resultBytes: z.number().nullable(),
  /** The account of the system ScopeGate ran under. */
  osUser: text,
  /** The program behind the connection, as far as the system told. */
  process: z.json().nullable(),
  findings: z.json().nullable(),
  rows: z.array(
    z.object({ seq: z.number().int(), at: z.number(), event: z.string(), prevHash: z.string(), hash: z.string() }),
  ),
});
export type AuditEntryDetail = z.infer<typeof auditEntryDetailSchema>;

export const savedSearchSchema = z.object({ id: z.number().int(), name: z.string(), query: z.string() });
export type SavedSearch = z.infer<typeof savedSearchSchema>;

export const auditOverviewSchema = z.object({
  /** The first and the last row there is; 0 when there is none. */
  firstSeq: z.number().int(),
  firstAt: z.number().nullable(),
  headSeq: z.number().int(),
  headAt: z.number().nullable(),
  headHash: z.string(),
  /** Rows the index has not read yet; what they hold is not found by a filter. */
  unread: z.number().int(),
  /** Why the index stands still; null while it works. */
  indexProblem: z.string().nullable(),
  /** Words can be searched for. They lie on disk in clear, with those of arguments as long as these are kept. */
  searchesText: z.boolean(),
  /** Calls whose arguments' words are in the index. */
  callsWithArguments: z.number().int(),
  saved: z.array(savedSearchSchema),
});
export type AuditOverview = z.infer<typeof auditOverviewSchema>;

export const exportFormatSchema = z.enum(['jsonl', 'csv']);
export type ExportFormat = z.infer<typeof exportFormatSchema>;

const through = z.number().int().min(0).nullable();
const nothing = z.strictObject({});
const done = z.object({});

/** Methods of the bridge that read the log; spread into `bridgeMethods`. */
export const auditMethods = {
  'audit.overview': { params: nothing, result: auditOverviewSchema },
  /**
   * Entries that fit, newest first, older than `before` (a `seq`; null: from the newest). `through`: the newest row that
   * counts, so that pages of one list do not move while the log grows; null: the head now, which is given back.
   */
  'audit.page': {
    params: z.strictObject({
      filter: auditFilterSchema,
      through,
      before: z.number().int().min(0).nullable(),
      limit: z.number().int().min(1).max(500),
    }),
    result: z.object({ entries: z.array(auditEntrySchema), through: z.number().int(), more: z.boolean() }),
  },
  /** How many fit, and after every `pageSize` of them the `seq` to ask the next page with: any page can be had at once. */
  'audit.count': {
    params: z.strictObject({ filter: auditFilterSchema, through, pageSize: z.number().int().min(50).max(500) }),
    result: z.object({ total: z.number().int(), marks: z.array(z.number().int()), through: z.number().int() }),
  },
  'audit.entry': { params: z.strictObject({ seq: z.number().int().min(1) }), result: auditEntryDetailSchema },
  /** Known values of a key of the filter that hold `part`, at most 8. */
  'audit.terms': {
    params: z.strictObject({
      key: z.enum(['agent', 'server', 'tool', 'rule', 'event']),
      part: z.string().max(200),
    }),
    result: z.object({ values: z.array(z.string()) }),
  },
  'audit.saveSearch': {
    params: z.strictObject({ name: z.string().trim().min(1).max(80), query: z.string().max(2000) }),
    result: savedSearchSchema,
  },
  'audit.removeSearch': { params: z.strictObject({ id: z.number().int() }), result: done },
  /** Off erases every word of the index; on reads the log anew. */
  'audit.setTextSearch': { params: z.strictObject({ on: z.boolean() }), result: done },
  /**
   * The next piece of an export, newest entry first; the pieces one after the other are the file. `before`: the
   * `next` of the last piece, null for the first. `next` is null after the last.
   */
  'audit.export': {
    params: z.strictObject({
      filter: auditFilterSchema,
      format: exportFormatSchema,
      through,
      before: z.number().int().min(0).nullable(),
    }),
    result: z.object({
      text: z.string(),
      entries: z.number().int(),
      next: z.number().int().nullable(),
      through: z.number().int(),
    }),
  },
  /** A self-contained HTML page on a period, for an auditor. `offsetMinutes`: of local time to UTC. */
  'audit.evidence': {
    params: z
      .strictObject({
        from: z.number().int().min(0),
        to: z.number().int().min(0),
        offsetMinutes: z.number().int().min(-900).max(900),
      })
      .refine(({ from, to }) => from < to, { path: ['to'], error: 'The period must end after it begins.' }),
    result: z.object({ html: z.string() }),
  },
  /** Figures of the last days, whole hours. `offsetMinutes`: of local time to UTC, for the days of a chart. */
  'analytics.get': {
    params: z.strictObject({
      days: z.union([z.literal(1), z.literal(7), z.literal(30), z.literal(90)]),
      offsetMinutes: z.number().int().min(-900).max(900),
    }),
    result: analyticsSchema,
  },
} as const satisfies Record<string, { params: z.ZodType; result: z.ZodType }>;
