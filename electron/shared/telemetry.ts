import { z } from 'zod';

/** What leaves the machine on its own: OTLP to a collector, and figures for Prometheus to fetch. Both are off at first. */

export const telemetrySignals = ['traces', 'metrics', 'logs'] as const;
export const telemetrySignalSchema = z.enum(telemetrySignals);
export type TelemetrySignal = z.infer<typeof telemetrySignalSchema>;

/** What a person may keep back. What is not named here always leaves: time, event, outcome, tier, sizes, durations. */
export const telemetryFields = [
  'agent',
  'server',
  'tool',
  'subject',
  'user',
  'process',
  'credential',
  'digests',
  'details',
] as const;
const fieldSchema = z.enum(telemetryFields);
export type TelemetryField = z.infer<typeof fieldSchema>;

/** Names say whom and what; text of agents, names of people and programs stay here unless asked for. */
export const defaultTelemetryFields: readonly TelemetryField[] = ['agent', 'server', 'tool'];

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'A header’s name has letters, digits and -.');
const secretReference = z
  .string()
  .max(1000)
  .regex(/^(env:[A-Za-z_][A-Za-z0-9_]*|file:\/.+|file:[A-Za-z]:[\\/].+)$/, 'Write env:NAME or file:/absolute/path.');

export const telemetryConfigSchema = z.strictObject({
  on: z.boolean(),
  /** Base address of the collector; `/v1/traces` and its like are added. Empty until one was given. */
  endpoint: z.string().trim().max(2000),
  /** Values are references only, so that no secret stands here. */
  headers: z.record(headerName, secretReference).refine((headers) => Object.keys(headers).length <= 20),
  signals: z.array(telemetrySignalSchema).max(3),
  /** What leaves. */
  fields: z.array(fieldSchema).max(telemetryFields.length),
  /** The person has agreed that everything travels unencrypted to another machine. */
  plainAllowed: z.boolean(),
});
export type TelemetryConfig = z.infer<typeof telemetryConfigSchema>;

export const telemetryOff: TelemetryConfig = {
  on: false,
  endpoint: '',
  headers: {},
  signals: [...telemetrySignals],
  fields: [...defaultTelemetryFields],
  plainAllowed: false,
};

export type EndpointCheck = { ok: true; host: string; isPlain: boolean } | { ok: false; message: string };

const address = /^(https?):\/\/(\[[0-9a-f:.]+\]|[^\s/?#@:\\[\]]+)(:\d{1,5})?(\/[^\s?#\\]*)?$/i;

/** `isPlain`: unencrypted, and not to this machine; a person must agree to that. */
export function checkEndpoint(text: string): EndpointCheck {
  const [, scheme = '', host = '', port = ''] = address.exec(text.trim()) ?? [];
  if (host === '')
    return {
      ok: false,
      message: /[@?#]/.test(text)
        ? 'No password, ? or # in the address: secrets go into headers, as references.'
        : 'This is not an address. Write it like https://collector.example.com:4318.',
    };
  return { ok: true, host: `${host}${port}`, isPlain: scheme.toLowerCase() === 'http' && !isLoopback(host) };
}

/** The name `localhost` and its addresses, as they are usually written. Anything else may be another machine. */
function isLoopback(host: string): boolean {
  return /^(localhost|\[::1\]|127(\.\d{1,3}){3})$/i.test(host);
}

/** What became of one batch. */
export const telemetryAttemptSchema = z.object({
  at: z.number(),
  ok: z.boolean(),
  /** One sentence on what happened. */
  message: z.string(),
});
export type TelemetryAttempt = z.infer<typeof telemetryAttemptSchema>;

const signalStateSchema = z.object({
  signal: telemetrySignalSchema,
  /** Entries up to here were accepted; entries are the rows of the audit log, by number. */
  sentThrough: z.number().int(),
  /** Entries that still wait. */
  behind: z.number().int(),
  lastSentAt: z.number().nullable(),
  /** Why it does not go on; null while it does. */
  problem: telemetryAttemptSchema.nullable(),
  /** The one entry the collector refuses again and again; it holds up the rest until a person skips it. */
  stuckAt: z.number().int().nullable(),
  /** Pruned before they could be sent, since this export was set up. */
  missed: z.number().int(),
  /** Items the collector took in and said it threw away. */
  rejected: z.number().int(),
});
export type TelemetrySignalState = z.infer<typeof signalStateSchema>;

export const telemetryStateSchema = z.object({
  config: telemetryConfigSchema,
  /** Why nothing can be exported in this program; null where it can. */
  unsupported: z.string().nullable(),
  signals: z.array(signalStateSchema),
  scrape: z.object({
    /** Whether this program has a page for figures to be fetched from. */
    available: z.boolean(),
    /** When the present token was made; null: there is none, and nothing can be fetched. */
    tokenMadeAt: z.number().nullable(),
    lastReadAt: z.number().nullable(),
  }),
});
export type TelemetryState = z.infer<typeof telemetryStateSchema>;

const nothing = z.strictObject({});
const done = z.object({});

export const telemetryMethods = {
  'telemetry.state': { params: nothing, result: telemetryStateSchema },
  /** `from`: where a signal begins: where it stopped, with the next entry, or with the oldest in the log. */
  'telemetry.configure': {
    params: z.strictObject({ config: telemetryConfigSchema, from: z.enum(['kept', 'now', 'beginning']) }),
    result: done,
  },
  /** Sends the newest entries once for each signal and moves nothing; with a configuration that need not be saved. */
  'telemetry.test': {
    params: z.strictObject({ config: telemetryConfigSchema }),
    result: z.object({
      entries: z.number().int(),
      results: z.array(telemetryAttemptSchema.extend({ signal: telemetrySignalSchema })),
    }),
  },
  /** Leaves out the entry a collector refuses; it stays in the audit log. */
  'telemetry.skip': {
    params: z.strictObject({ signal: telemetrySignalSchema, seq: z.number().int() }),
    result: done,
  },
  /** A new token for Prometheus, shown once; the one before stops working. */
  'telemetry.makeScrapeToken': { params: nothing, result: z.object({ token: z.string() }) },
  'telemetry.endScrapeToken': { params: nothing, result: done },
} as const satisfies Record<string, { params: z.ZodType; result: z.ZodType }>;
