import { z } from 'zod';
import { type Transport, transportSchema } from './server.ts';

/** A folder as a person writes it: absolute, or under the home folder with `~/`. */
const folderSchema = z
  .string()
  .trim()
  .max(4096)
  .regex(/^(?:\/|~\/|[A-Za-z]:[\\/])/, 'Write the whole path, or start it with ~/.');

/** What a server in a sandbox may reach. Everything else of the person's home is hidden from it. */
export const sandboxSchema = z.strictObject({
  /** Any network, this computer's own services included; off: none at all. */
  network: z.boolean(),
  read: z.array(folderSchema).max(32),
  write: z.array(folderSchema).max(32),
});
export type Sandbox = z.infer<typeof sandboxSchema>;

/** What can hold a server on this machine, found out by trying it. */
export const sandboxSupportSchema = z.discriminatedUnion('available', [
  z.object({
    available: z.literal(true),
    kind: z.enum(['bubblewrap', 'sandbox-exec']),
    file: z.string(),
    version: z.string(),
  }),
  z.object({
    available: z.literal(false),
    /** Why not, in one sentence. */
    reason: z.string(),
    /** What could be done; empty: nothing. */
    fix: z.string(),
  }),
]);
export type SandboxSupport = z.infer<typeof sandboxSupportSchema>;

/** What starts when this server starts, for a person to look at before they accept it. */
export const launchViewSchema = z.object({
  /** SHA-256 over the whole transport; sent back to accept exactly what was shown. */
  hash: z.string(),
  /** The file that would run; null: not found, or a server that is reached by its address. */
  program: z.string().nullable(),
  /** A person accepted exactly this for this server. */
  accepted: z.boolean(),
  /** What a person should know before they accept, each one sentence. */
  warnings: z.array(z.string()),
});
export type LaunchView = z.infer<typeof launchViewSchema>;

export const childProcessSchema = z.object({
  pid: z.number().int(),
  startedAt: z.number(),
  /** Resident memory of the process and everything it started, bytes; null: not measured. */
  memoryBytes: z.number().nullable(),
  /** Percent of one processor since the last look; null before the second look. */
  cpuPercent: z.number().nullable(),
  /** The process and everything it started. */
  processes: z.number().int(),
});
export type ChildProcessView = z.infer<typeof childProcessSchema>;

/** Health and cost of one server. */
export const serverUsageSchema = z.object({
  processes: z.array(childProcessSchema),
  /** Why nothing could be measured; null: it was, or nothing runs. */
  unmeasured: z.string().nullable(),
  startedAt: z.number().nullable(),
  /** Successful starts since ScopeGate started, the first one included. */
  starts: z.number().int(),
  /** Starts and connections that broke since ScopeGate started. */
  failures: z.number().int(),
  lastEnd: z.object({ at: z.number(), isFault: z.boolean(), reason: z.string() }).nullable(),
  /** Until then a call is refused at once instead of starting the server again; null: it may start. */
  retryAt: z.number().nullable(),
  /** When it is stopped if no call comes; null: it does not run, or is at work. */
  idleStopAt: z.number().nullable(),
});
export type ServerUsage = z.infer<typeof serverUsageSchema>;

const byId = z.strictObject({ id: z.string() });
const done = z.object({});

export const launchMethods = {
  /** Measured at the moment of asking, at most once a second. */
  'launch.usage': { params: byId, result: serverUsageSchema },
  /** Looks, starts nothing. `id`: the server it is for; null: a new one. */
  'launch.describe': {
    params: z.strictObject({ id: z.string().nullable(), transport: transportSchema }),
    result: launchViewSchema,
  },
  /** A person has looked at what is stored for this server and accepts that it runs. */
  'launch.accept': { params: z.strictObject({ id: z.string(), hash: z.string() }), result: done },
  'launch.sandbox': {
    params: byId,
    result: z.object({ sandbox: sandboxSchema.nullable(), support: sandboxSupportSchema }),
  },
  /** Null takes the sandbox away. A running server starts anew with its next call. */
  'launch.setSandbox': { params: z.strictObject({ id: z.string(), sandbox: sandboxSchema.nullable() }), result: done },
} as const satisfies Record<string, { params: z.ZodType; result: z.ZodType }>;

/** True unless the address is https, or plain http that surely leads to this computer; what reads oddly counts as elsewhere. */
export function isPlainElsewhere(transport: Transport): boolean {
  if (transport.kind !== 'http' || /^https:/i.test(transport.url)) return false;
  return !/^http:\/\/(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?:[:/?#]|$)/i.test(transport.url);
}
