import { z } from 'zod';
import { effectSchema, grantSourceSchema, rateLimitSchema, riskSchema } from './effects.ts';

export const agentNameSchema = z.string().trim().min(1).max(60);

/** Times are milliseconds since the epoch everywhere in this contract. */
export const agentViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** First and last characters of the token, e.g. `sgk_ab12_…9f2c`; never enough to use it. */
  tokenHint: z.string(),
  /** What the agent called itself in `initialize`, e.g. `claude-code 2.1.317`; text from the agent. */
  clientName: z.string().nullable(),
  paused: z.boolean(),
  /** Where switches start when nothing nearer is set; null means the global default (`deny`). */
  defaultEffect: effectSchema.nullable(),
  limit: rateLimitSchema.nullable(),
  toolLimit: rateLimitSchema.nullable(),
  createdAt: z.number(),
  lastSeenAt: z.number().nullable(),
  /** Open legacy sessions right now. */
  sessions: z.number().int(),
  /** Declared in a configuration file: shown, not editable. */
  managed: z.boolean(),
});
export type AgentView = z.infer<typeof agentViewSchema>;

/** Programs behind an agent's token; paths as the operating system tells them. */
export const agentProgramsSchema = z.object({
  /** `at`: since when it is expected. */
  expected: z.array(z.object({ path: z.string(), at: z.number() })),
  /** Seen since the engine started, and not expected; `at`: last seen. */
  others: z.array(z.object({ path: z.string(), at: z.number() })),
});
export type AgentPrograms = z.infer<typeof agentProgramsSchema>;

/** One row of the tool matrix on the Agents page. */
export const matrixToolSchema = z.object({
  serverId: z.string(),
  tool: z.string(),
  /** The name agents see: `server__tool`. */
  exposedName: z.string(),
  title: z.string().nullable(),
  description: z.string().nullable(),
  risk: riskSchema,
  /** The switch set on this very tool for this agent, or null when it inherits. */
  own: effectSchema.nullable(),
  effective: effectSchema,
  source: grantSourceSchema,
  /** The definition differs from the reviewed one: asks on every call until accepted. */
  changed: z.boolean(),
  calls7d: z.number().int(),
  /** Rules and never-list entries in whose scope this tool lies for this agent. */
  ruleIds: z.array(z.string()).optional(),
});
export type MatrixTool = z.infer<typeof matrixToolSchema>;

export const matrixServerSchema = z.object({
  serverId: z.string(),
  name: z.string(),
  enabled: z.boolean(),
  /** False: no tool of this server is listed for any agent until a person accepts its tools. */
  reviewed: z.boolean(),
  /** The switch set on the server as a whole for this agent. */
  own: effectSchema.nullable(),
  tools: z.array(matrixToolSchema),
});
export type MatrixServer = z.infer<typeof matrixServerSchema>;

/** What a token bucket holds now. */
export const limitStateSchema = z.object({
  scope: z.enum(['agent', 'tool', 'rule']),
  /** The tool's exposed name, or the rule's id; empty for the agent's own. */
  name: z.string(),
  limit: rateLimitSchema,
  remaining: z.number().int(),
  /** Milliseconds until a call passes again; 0 while one would. */
  retryAfterMs: z.number(),
});
export type LimitState = z.infer<typeof limitStateSchema>;

/** The same call came so often within the agent's loop limit that it asks. */
export const loopStateSchema = z.object({
  serverId: z.string(),
  tool: z.string(),
  count: z.number().int(),
  until: z.number(),
});
export type LoopState = z.infer<typeof loopStateSchema>;

export const agentMatrixSchema = z.object({
  agentId: z.string(),
  defaultEffect: effectSchema.nullable(),
  /** Tokens left in the agent's bucket, when a limit is set. */
  limitRemaining: z.number().nullable(),
  /** Every bucket of this agent that is not full. */
  limits: z.array(limitStateSchema).optional(),
  /** Calls that look like a loop right now. */
  loops: z.array(loopStateSchema).optional(),
  servers: z.array(matrixServerSchema),
});
export type AgentMatrix = z.infer<typeof agentMatrixSchema>;

/** One switch: `toolName: '*'` is the server's own, `serverId: '*'` with `toolName: '*'` the agent's default. */
export const grantKeySchema = z.object({ agentId: z.string(), serverId: z.string(), toolName: z.string() });
export type GrantKey = z.infer<typeof grantKeySchema>;

/** A switch to write; `effect: null` removes it, so that the tool inherits again. */
export const grantChangeSchema = grantKeySchema.extend({ effect: effectSchema.nullable() });
export type GrantChange = z.infer<typeof grantChangeSchema>;
