import { z } from 'zod';

/** What keeps the agents' listener from working, with the way out. */
export const listenerFaultSchema = z.object({
  code: z.enum(['port_taken', 'no_permission', 'other']),
  port: z.number().int(),
  message: z.string(),
  /** Who holds the port, when the system tells: "node (pid 4711)". */
  holder: z.string().nullable(),
  /** A port that was free a moment ago, offered, never taken silently. */
  freePort: z.number().int().nullable(),
});
export type ListenerFault = z.infer<typeof listenerFaultSchema>;

/** `degraded`: the audit log cannot be written, every call is refused. */
export const engineStatusSchema = z.object({
  state: z.enum(['starting', 'running', 'paused', 'degraded', 'no_listener', 'stopped']),
  /** `http://127.0.0.1:PORT/mcp`, once the listener is up. */
  mcpUrl: z.string().nullable(),
  port: z.number().int(),
  paused: z.boolean(),
  listenerFault: listenerFaultSchema.nullable(),
  degradedReason: z.string().nullable(),
  policyVersion: z.number().int(),
  /** Stored rules that do not work and block instead; named on the Policy page. */
  policyFaults: z.number().int().optional(),
  /** Servers that refuse calls until a person signs in, by id. */
  signInsNeeded: z.array(z.string()).optional(),
  version: z.string(),
  host: z.enum(['electron', 'headless']),
  dataDir: z.string(),
  /** How the engine's own key is protected: by the system's keyring, or by the file's mode only. */
  keyProtection: z.enum(['os-keyring', 'file-mode']),
  startedAt: z.number(),
  /** Unfinished calls found at start and closed as `unknown`. */
  recoveredCalls: z.number().int(),
  configFile: z.string().nullable(),
});
export type EngineStatus = z.infer<typeof engineStatusSchema>;
