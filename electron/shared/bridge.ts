import { z } from 'zod';
import {
  agentMatrixSchema,
  agentNameSchema,
  agentProgramsSchema,
  agentViewSchema,
  grantChangeSchema,
} from './agent.ts';
import {
  allowNextSchema,
  approvalDecisionSchema,
  approvalInputSchema,
  approvalSettingsSchema,
  approvalStateSchema,
  approvalViewSchema,
  editCheckSchema,
  fatigueSchema,
} from './approval.ts';
import { auditMethods } from './audit.ts';
import { auditProofEventSchema, auditProofMethods } from './audit-proof.ts';
import { callDetailSchema, callViewSchema } from './call.ts';
import { catalogMethods } from './catalog.ts';
import { clientMethods, clientsChangedEventSchema } from './client-config.ts';
import { contentMethods } from './content.ts';
import { credentialEvents, credentialMethods, credentialViewSchema, vaultStatusSchema } from './credential.ts';
import { effectSchema, rateLimitSchema } from './effects.ts';
import { engineStatusSchema } from './engine-status.ts';
import { launchMethods } from './launch.ts';
import { oauthMethods } from './oauth.ts';
import { policyChangedEventSchema, policyMethods } from './policy.ts';
import { rememberOfferSchema, rememberPreviewSchema, rememberSchema } from './remember.ts';
import {
  askSwitchesSchema,
  logLineSchema,
  serverDraftSchema,
  serverTestSchema,
  serverToolSchema,
  serverViewSchema,
  transportSchema,
} from './server.ts';
import { settingsMethods } from './settings.ts';
import { telemetryMethods } from './telemetry.ts';

/**
 * The one contract between the engine and its UI. Two physical channels carry it: Electron IPC and a WebSocket.
 * Request `{id, method, params}`; response `{id, ok: true, value}` or `{id, ok: false, error}`.
 * Both sides parse what they receive.
 */
export const bridgeErrorSchema = z.object({
  code: z.enum(['bad_request', 'not_found', 'conflict', 'managed', 'stale', 'unavailable', 'internal']),
  /** What happened, in one sentence. */
  message: z.string(),
  /** What to do next, in one sentence; may be empty. */
  fix: z.string(),
});
export type BridgeErrorBody = z.infer<typeof bridgeErrorSchema>;

const nothing = z.strictObject({});
const byId = z.strictObject({ id: z.string() });
const done = z.object({});
const agentToken = z.object({ agent: agentViewSchema, /** Shown once, never again. */ token: z.string() });

export const snapshotSchema = z.object({
  /** New for every engine start; a client that sees another epoch takes a new snapshot. */
  epoch: z.string(),
  /** Revision of the last event contained in this snapshot. */
  revision: z.number().int(),
  engine: engineStatusSchema,
  agents: z.array(agentViewSchema),
  servers: z.array(serverViewSchema),
  /** Pending and armed approvals, oldest first. */
  approvals: z.array(approvalViewSchema),
  approvalState: approvalStateSchema,
  vault: vaultStatusSchema,
  credentials: z.array(credentialViewSchema),
  /** The newest calls the engine still holds, newest first, at most 500. */
  calls: z.array(callViewSchema),
});
export type Snapshot = z.infer<typeof snapshotSchema>;

export const bridgeMethods = {
  snapshot: { params: nothing, result: snapshotSchema },

  'engine.setPaused': { params: z.strictObject({ paused: z.boolean() }), result: done },
  /** Moves the agents' listener; agents must be told the new address. */
  'engine.setPort': { params: z.strictObject({ port: z.number().int().min(1024).max(65535) }), result: done },
  'engine.retryListener': { params: nothing, result: done },

  'calls.detail': { params: byId, result: callDetailSchema },
  /** The arguments of a call with nothing masked, while they are known; written to the audit log. */
  'calls.reveal': { params: byId, result: z.object({ arguments: z.json() }) },
  /** Older calls from the audit log, newest first; `before` is a call's `at` and `id`. */
  'calls.older': {
    params: z.strictObject({
      before: z.object({ at: z.number(), id: z.string() }).nullable(),
      limit: z.number().int().min(1).max(500),
    }),
    result: z.object({ calls: z.array(callViewSchema), more: z.boolean() }),
  },
  'calls.cancel': { params: byId, result: done },

  'agents.create': {
    params: z.strictObject({ name: agentNameSchema, defaultEffect: effectSchema.nullable() }),
    result: agentToken,
  },
  'agents.update': {
    params: z.strictObject({
      id: z.string(),
      name: agentNameSchema.optional(),
      limit: rateLimitSchema.nullable().optional(),
      toolLimit: rateLimitSchema.nullable().optional(),
    }),
    result: done,
  },
  'agents.setPaused': { params: z.strictObject({ id: z.string(), paused: z.boolean() }), result: done },
  'agents.rotate': { params: byId, result: agentToken },
  /** Ends the agent's sessions at once. The agent can be restored with the same token until the engine ends. */
  'agents.remove': { params: byId, result: done },
  'agents.restore': { params: byId, result: done },
  'agents.matrix': { params: byId, result: agentMatrixSchema },
  'agents.programs': { params: byId, result: agentProgramsSchema },
  /** Expects a program behind the agent's token from now on, or no longer; with none left the next one seen is learned. */
  'agents.setProgram': {
    params: z.strictObject({ id: z.string(), path: z.string().min(1).max(4096), expected: z.boolean() }),
    result: done,
  },

  /** Applied in one transaction; `previous` undoes it when sent back. */
  'grants.set': {
    params: z.strictObject({ changes: z.array(grantChangeSchema).min(1).max(2000) }),
    result: z.object({ previous: z.array(grantChangeSchema) }),
  },

  'servers.add': {
    /** `consent`: needed for an address that is not encrypted; the hash of `launch.describe` that a person was shown. */
    params: serverDraftSchema.extend({ consent: z.string().optional() }),
    result: serverViewSchema,
  },
  'servers.update': {
    params: z.strictObject({
      id: z.string(),
      name: z.string().trim().min(1).max(60).optional(),
      transport: transportSchema.optional(),
      trusted: z.boolean().optional(),
      asks: askSwitchesSchema.optional(),
      /** Needed with another transport: the hash of `launch.describe` that a person was shown and accepted. */
      consent: z.string().optional(),
    }),
    result: done,
  },
  'servers.setEnabled': { params: z.strictObject({ id: z.string(), enabled: z.boolean() }), result: done },
  'servers.remove': { params: byId, result: done },
  'servers.restore': { params: byId, result: done },
  /** Starts a throw-away connection: initialize and tools/list, timed. Never changes what agents see. */
  'servers.test': {
    /** `id`: the server it is for, whose sandbox then holds the test too. */
    params: z.strictObject({ transport: transportSchema, id: z.string().optional() }),
    result: serverTestSchema,
  },
  'servers.restart': { params: byId, result: done },
  'servers.tools': { params: byId, result: z.object({ tools: z.array(serverToolSchema) }) },
  /** A person has looked at these definitions; a tool whose definition changed meanwhile stays unreviewed. */
  'servers.accept': {
    params: z.strictObject({
      id: z.string(),
      tools: z.array(
        z.strictObject({
          name: z.string(),
          definitionHash: z.string(),
          /** A person saw what blocks this definition and accepts that too; without it the tool stays unreviewed. */
          acceptsFindings: z.boolean().optional(),
        }),
      ),
    }),
    result: done,
  },
  'servers.logs': { params: byId, result: z.object({ lines: z.array(logLineSchema) }) },

  ...catalogMethods,
  ...launchMethods,
  ...policyMethods,
  ...contentMethods,
  ...auditMethods,
  ...auditProofMethods,
  ...credentialMethods,
  ...oauthMethods,
  ...telemetryMethods,
  ...settingsMethods,
  ...clientMethods,

  'approvals.decide': { params: approvalDecisionSchema, result: done },
  'approvals.extend': { params: byId, result: z.object({ expiresAt: z.number() }) },
  /** What a card needs beyond its view. `lastApproved`: of this agent and tool, held in memory only. */
  'approvals.context': {
    params: byId,
    result: z.object({
      offer: rememberOfferSchema,
      inputSchema: z.json().nullable(),
      lastApproved: z
        .object({
          at: z.number(),
          /** Masked as the card's own. */
          arguments: z.json(),
          /** Top-level arguments that are others now, masked ones too. */
          changed: z.array(z.string()),
        })
        .nullable(),
    }),
  },
  /** The permission a choice would become; `edited` when the arguments were changed. Writes nothing. */
  'approvals.preview': {
    params: z.strictObject({
      id: z.string(),
      digest: z.string(),
      remember: rememberSchema,
      edited: z.record(z.string(), z.json()).nullable(),
    }),
    result: rememberPreviewSchema,
  },
  /** The arguments with nothing masked; written to the audit log. Of a waiting card, or of one under review. */
  'approvals.reveal': {
    params: z.strictObject({ id: z.string(), digest: z.string() }),
    result: z.object({ arguments: z.json() }),
  },
  'approvals.checkEdit': {
    params: z.strictObject({ id: z.string(), digest: z.string(), edited: z.record(z.string(), z.json()) }),
    result: editCheckSchema,
  },
  /** Denies every waiting card of one agent. */
  'approvals.denyAll': {
    params: z.strictObject({
      agentId: z.string(),
      denyNote: z.string().max(280).nullable(),
      input: approvalInputSchema,
      shownAt: z.number(),
    }),
    result: z.object({ denied: z.number().int() }),
  },
  /** Items that ended without a person's answer, newest first, with their arguments. */
  'approvals.review': { params: nothing, result: z.object({ approvals: z.array(approvalViewSchema) }) },
  'approvals.allowNext': { params: allowNextSchema, result: done },
  /** Takes items off the review list; their arguments are erased. */
  'approvals.dismiss': {
    params: z.strictObject({ ids: z.array(z.string()).min(1).max(500) }),
    result: done,
  },
  /** Ends a remembered approval earlier; a later time than its own is refused. */
  'approvals.shortenGrant': { params: z.strictObject({ id: z.string(), expiresAt: z.number() }), result: done },
  'approvals.endGrant': { params: byId, result: done },
  'approvals.setAway': { params: z.strictObject({ away: z.boolean() }), result: done },
  'approvals.setSettings': { params: approvalSettingsSchema.partial().strict(), result: done },
  'approvals.fatigue': {
    params: z.strictObject({ days: z.number().int().min(1).max(90) }),
    result: fatigueSchema,
  },
  'approvals.history': {
    params: z.strictObject({ before: z.number().nullable(), limit: z.number().int().min(1).max(200) }),
    result: z.object({ approvals: z.array(approvalViewSchema), more: z.boolean() }),
  },
} as const satisfies Record<string, { params: z.ZodType; result: z.ZodType }>;

export type BridgeMethod = keyof typeof bridgeMethods;
export type BridgeParams<M extends BridgeMethod> = z.infer<(typeof bridgeMethods)[M]['params']>;
export type BridgeResult<M extends BridgeMethod> = z.infer<(typeof bridgeMethods)[M]['result']>;

/** What changed, broadcast to every UI. Events only tell state; nothing depends on a UI receiving them. */
export const eventBodySchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('engine.changed'), engine: engineStatusSchema }),
  z.object({ type: z.literal('call.changed'), call: callViewSchema }),
  z.object({ type: z.literal('agent.changed'), agent: agentViewSchema }),
  z.object({ type: z.literal('agent.removed'), id: z.string() }),
  z.object({ type: z.literal('server.changed'), server: serverViewSchema }),
  z.object({ type: z.literal('server.removed'), id: z.string() }),
  /** The tools, or an agent's switches, are no longer what a matrix shows. */
  z.object({ type: z.literal('matrix.changed'), agentId: z.string().nullable() }),
  z.object({ type: z.literal('approval.changed'), approval: approvalViewSchema }),
  policyChangedEventSchema,
  auditProofEventSchema,
  ...credentialEvents,
  clientsChangedEventSchema,
  z.object({ type: z.literal('approvals.changed'), state: approvalStateSchema }),
]);
export type EventBody = z.infer<typeof eventBodySchema>;

/** `revision` rises by one with each event of one epoch; a gap means: take a new snapshot. */
export const bridgeEventSchema = z.object({
  epoch: z.string(),
  revision: z.number().int(),
  at: z.number(),
  body: eventBodySchema,
});
export type BridgeEvent = z.infer<typeof bridgeEventSchema>;

export const bridgeRequestSchema = z.strictObject({
  id: z.number().int(),
  method: z.enum(Object.keys(bridgeMethods) as [BridgeMethod, ...BridgeMethod[]]),
  params: z.unknown(),
});
export type BridgeRequest = z.infer<typeof bridgeRequestSchema>;

export const bridgeResponseSchema = z.discriminatedUnion('ok', [
  z.object({ id: z.number().int(), ok: z.literal(true), value: z.unknown() }),
  z.object({ id: z.number().int(), ok: z.literal(false), error: bridgeErrorSchema }),
]);
export type BridgeResponse = z.infer<typeof bridgeResponseSchema>;

/** What a host offers its UI: Electron's preload puts one on `window.scopegate`, the browser build makes one over a WebSocket. */
export interface BridgeChannel {
  request(request: BridgeRequest): Promise<BridgeResponse>;
  /** Returns a function that ends the subscription. */
  onEvent(listener: (event: unknown) => void): () => void;
  /** `false` while the engine cannot be reached; `attempt` counts reconnects. */
  onConnection(listener: (state: { connected: boolean; attempt: number }) => void): () => void;
  /** Puts the window away and decides nothing ("Later"); there only where the page stands in a window of its own. */
  hideWindow?(): void;
  /** The text on the system's clipboard, for a secret that is pasted with a button; there only in the desktop app. */
  takeClipboard?(): Promise<string>;
  /** Empties the clipboard while it still holds what was taken last; false: it holds something else by now. */
  clearClipboard?(): Promise<boolean>;
  readonly host: 'electron' | 'browser';
}
