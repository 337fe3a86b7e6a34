import { z } from 'zod';
import { effectSchema, riskSchema } from './effects.ts';
import { serverSignInSchema } from './oauth.ts';

/** `[a-z0-9-]{1,24}`: the prefix of every tool name this server gives to agents. */
export const serverIdSchema = z
  .string()
  .regex(/^[a-z0-9-]{1,24}$/, 'Use 1 to 24 lower-case letters, digits or hyphens.');

/** A value that may be a reference to a secret: `env:NAME`, `file:PATH`, else the literal text itself. */
const referenceSchema = z.string().max(8192);

export const stdioTransportSchema = z.strictObject({
  kind: z.literal('stdio'),
  command: z.string().trim().min(1).max(4096),
  args: z.array(z.string().max(8192)).max(256),
  cwd: z.string().max(4096).nullable(),
  env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), referenceSchema),
});

export const httpTransportSchema = z.strictObject({
  kind: z.literal('http'),
  url: z.url({ protocol: /^https?$/ }).max(4096),
  headers: z.record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/), referenceSchema),
});

export const transportSchema = z.discriminatedUnion('kind', [stdioTransportSchema, httpTransportSchema]);
export type Transport = z.infer<typeof transportSchema>;
export type StdioTransport = z.infer<typeof stdioTransportSchema>;
export type HttpTransport = z.infer<typeof httpTransportSchema>;

/** A program as it is started: another argument or folder can make it another program. No two different ones share a text. */
export function describeProgram({ command, args, cwd }: Pick<StdioTransport, 'command' | 'args' | 'cwd'>): string {
  const words = [command, ...args].map((word) => (/^[^\s"\\]+$/.test(word) ? word : JSON.stringify(word)));
  return `program ${words.join(' ')}${cwd === null ? '' : ` in the folder ${JSON.stringify(cwd)}`}`;
}

/**
 * `idle`: not started yet or stopped when idle; starts with the next call. `failing`: the last start or call broke,
 * `lastError` says how. `off`: disabled by the user.
 */
export const serverStatusSchema = z.enum(['off', 'idle', 'starting', 'running', 'failing']);
export type ServerStatus = z.infer<typeof serverStatusSchema>;

/** A fault in words a person can act on. `detail`: the last stderr lines or the HTTP status, text from the server. */
export const serverFaultSchema = z.object({
  code: z.enum([
    'not_found',
    'exited',
    'timeout',
    'garbage',
    'refused',
    'http_status',
    'protocol',
    'too_large',
    'secret',
    'credential',
    'consent',
    'sandbox',
    'other',
  ]),
  message: z.string(),
  fix: z.string(),
  detail: z.string(),
  at: z.number(),
});
export type ServerFault = z.infer<typeof serverFaultSchema>;

/** What a server may ask of the agent or its user in the middle of its work; policy of the server, for all agents. */
export const askSwitchesSchema = z.strictObject({
  /** Input of the user or the agent (`elicitation/create`). */
  elicitation: effectSchema,
  /** The agent's model (`sampling/createMessage`). */
  sampling: effectSchema,
  /** The agent's folders (`roots/list`). */
  roots: effectSchema,
});
export type AskSwitches = z.infer<typeof askSwitchesSchema>;

/** Input may be asked for; the model and the folders only after a person said yes. */
export const defaultAskSwitches: AskSwitches = { elicitation: 'allow', sampling: 'ask', roots: 'ask' };

export const serverViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  transport: transportSchema,
  enabled: z.boolean(),
  /** Lets the server's annotations lower a risk tier, and nothing else. */
  trusted: z.boolean(),
  asks: askSwitchesSchema,
  status: serverStatusSchema,
  lastError: serverFaultSchema.nullable(),
  /** serverInfo of `initialize`; text from the server. */
  serverInfo: z.object({ name: z.string(), version: z.string() }).nullable(),
  protocolVersion: z.string().nullable(),
  toolCount: z.number().int(),
  /** Tools new or changed since a person accepted them. */
  unreviewedCount: z.number().int(),
  /** False until a person accepts the server's tools; agents do not see it before that. */
  reviewed: z.boolean(),
  startedAt: z.number().nullable(),
  pid: z.number().int().nullable(),
  managed: z.boolean(),
  /** Of servers over HTTP: where signing in there stands. */
  signIn: serverSignInSchema.nullable().optional(),
});
export type ServerView = z.infer<typeof serverViewSchema>;

/** A tool as the server defines it, for the Servers page. `definition` is the server's own JSON, kept whole. */
export const serverToolSchema = z.object({
  name: z.string(),
  exposedName: z.string(),
  title: z.string().nullable(),
  description: z.string().nullable(),
  risk: riskSchema,
  state: z.enum(['new', 'changed', 'reviewed']),
  /** SHA-256 over the canonical definition; sent back to accept exactly what was shown. */
  definitionHash: z.string(),
  definition: z.json(),
  /** The definition a person accepted, when it differs from `definition`. */
  reviewedDefinition: z.json().nullable(),
});
export type ServerTool = z.infer<typeof serverToolSchema>;

export const serverDraftSchema = z.strictObject({
  id: serverIdSchema,
  name: z.string().trim().min(1).max(60),
  transport: transportSchema,
  trusted: z.boolean(),
});
export type ServerDraft = z.infer<typeof serverDraftSchema>;

/** What a test connection found. Steps carry their own duration in milliseconds. */
export const serverTestSchema = z.object({
  ok: z.boolean(),
  steps: z.array(z.object({ name: z.enum(['start', 'initialize', 'tools/list']), ms: z.number(), ok: z.boolean() })),
  totalMs: z.number(),
  tools: z.array(z.object({ name: z.string(), description: z.string().nullable() })),
  serverInfo: z.object({ name: z.string(), version: z.string() }).nullable(),
  protocolVersion: z.string().nullable(),
  /** `legacy`: greeted with a handshake; `modern`: every request stands alone. Null: not found out. */
  era: z.enum(['legacy', 'modern']).nullable(),
  fault: serverFaultSchema.nullable(),
});
export type ServerTest = z.infer<typeof serverTestSchema>;

/** One line of a server's stderr, or of ScopeGate about that server. Text from the server. */
export const logLineSchema = z.object({
  at: z.number(),
  stream: z.enum(['stderr', 'stdout', 'gateway']),
  text: z.string(),
});
export type LogLine = z.infer<typeof logLineSchema>;
