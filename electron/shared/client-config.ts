import { z } from 'zod';
import { agentNameSchema, agentViewSchema } from './agent.ts';
import { effectSchema } from './effects.ts';
import { serverIdSchema, serverViewSchema } from './server.ts';

/** An absolute folder of one project, chosen by the person; null: the client's settings for the whole user. */
const project = z.string().min(1).max(4096).nullable();
const done = z.object({});

/** One ScopeGate entry that was written into a client's file. */
export const clientConnectionSchema = z.object({
  /** Names the write, for undo. */
  id: z.string(),
  agentId: z.string(),
  agentName: z.string(),
  file: z.string(),
  project: z.string().nullable(),
  /** When it was written, milliseconds since the epoch. */
  at: z.number(),
  /** When that agent was last heard of since then; null: not yet. */
  seenAt: z.number().nullable(),
  /** The entry leads to an address ScopeGate does not have any more. */
  isMoved: z.boolean(),
});
export type ClientConnection = z.infer<typeof clientConnectionSchema>;

/** A client as far as it can be known without reading any of its files. */
export const clientViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  installed: z.boolean(),
  /** The user's file that Connect would write. */
  file: z.string(),
  hasFile: z.boolean(),
  /** It also reads files in project folders. */
  hasProjects: z.boolean(),
  mode: z.enum(['http', 'stdio']),
  /** What to know before; empty: nothing. */
  note: z.string(),
  /** What to do after a change. */
  afterwards: z.string(),
  connections: z.array(clientConnectionSchema),
});
export type ClientView = z.infer<typeof clientViewSchema>;

/** A server that a connected or imported client starts by itself, past ScopeGate. */
export const besideServerSchema = z.object({
  key: z.string(),
  clientId: z.string(),
  clientName: z.string(),
  file: z.string(),
  project: z.string().nullable(),
  /** As the file has it; text of the client. */
  name: z.string(),
  /** What would run or be reached, without secrets. */
  target: z.string(),
});
export type BesideServer = z.infer<typeof besideServerSchema>;

export const foundSecretSchema = z.object({
  place: z.enum(['env', 'header']),
  name: z.string(),
  /** `reference`: the file names a variable itself; `value`: it stands in the file; `client`: only the client has it. */
  from: z.enum(['reference', 'value', 'client']),
  /** What would stand in its place, to begin with. */
  reference: z.string(),
  /** Why a person has to say where it comes from; may be empty. */
  why: z.string(),
});
export type FoundSecretView = z.infer<typeof foundSecretSchema>;

/** A server found in a client's file. Nothing here is secret. */
export const foundServerSchema = z.object({
  key: z.string(),
  file: z.string(),
  name: z.string(),
  /** The project it belongs to where one file holds several. */
  group: z.string().nullable(),
  kind: z.enum(['stdio', 'http', 'unknown']),
  target: z.string(),
  isOff: z.boolean(),
  secrets: z.array(foundSecretSchema),
  /** Why it cannot be imported; empty: it can. */
  problems: z.array(z.string()),
  notes: z.array(z.string()),
  suggestedId: z.string(),
  /** The server of ScopeGate that already is this one. */
  existing: z.string().nullable(),
});
export type FoundServer = z.infer<typeof foundServerSchema>;

export const diffLineSchema = z.object({ mark: z.enum(['same', 'added', 'removed', 'gap']), text: z.string() });
export type ClientDiffLine = z.infer<typeof diffLineSchema>;

/** What Connect would write. Nothing is written yet; no token is in it. */
export const connectPreviewSchema = z.object({
  file: z.string(),
  /** The file behind a link; null where there is no link. */
  linkTarget: z.string().nullable(),
  /** `absent` or the hash of the file as it was read; sent back to connect. */
  hash: z.string(),
  mode: z.enum(['http', 'stdio']),
  /** The file has an entry of ScopeGate already, which is replaced. */
  replaces: z.boolean(),
  lines: z.array(diffLineSchema),
  notes: z.array(z.string()),
  /** Servers of this file that ScopeGate has too, so that they can be taken out. */
  routed: z.array(z.object({ key: z.string(), name: z.string(), server: z.string() })),
});
export type ConnectPreview = z.infer<typeof connectPreviewSchema>;

const chosen = { clientId: z.string(), project };
const takeOut = z.array(z.string()).max(500);

/** Methods of the bridge about other programs' settings; spread into `bridgeMethods`. */
export const clientMethods = {
  /** Looks only whether files are there; reads none but those of clients that were imported from or connected. */
  'clients.list': {
    params: z.strictObject({}),
    result: z.object({
      clients: z.array(clientViewSchema),
      beside: z.array(besideServerSchema),
      /** A vault is open and takes the secrets that are found. */
      hasVault: z.boolean(),
    }),
  },
  /** Reads the files of one client that the person chose. */
  'clients.read': {
    params: z.strictObject(chosen),
    result: z.object({
      files: z.array(
        z.object({ file: z.string(), state: z.enum(['read', 'absent', 'fault']), fault: z.string(), hash: z.string() }),
      ),
      servers: z.array(foundServerSchema),
      /** Entries that lead to ScopeGate itself. */
      own: z.number().int(),
    }),
  },
  'clients.import': {
    params: z.strictObject({
      ...chosen,
      /** The hash of each file as it was shown; a file that changed since is not imported from. */
      hashes: z.record(z.string(), z.string()),
      picks: z
        .array(
          z.strictObject({
            key: z.string(),
            id: serverIdSchema,
            name: z.string().trim().min(1).max(60),
            /** `env.NAME` or `header.Name` → `env:…` or `file:…`; a secret that is not named goes to the vault. */
            references: z.record(z.string(), z.string().max(4200)),
          }),
        )
        .min(1)
        .max(200),
    }),
    result: z.object({
      added: z.array(serverViewSchema),
      failed: z.array(z.object({ key: z.string(), message: z.string() })),
    }),
  },
  'clients.preview': { params: z.strictObject({ ...chosen, takeOut }), result: connectPreviewSchema },
  /** Makes the agent and writes the entry; when nothing could be written there is no new agent either. */
  'clients.connect': {
    params: z.strictObject({
      ...chosen,
      takeOut,
      hash: z.string(),
      agentName: agentNameSchema,
      defaultEffect: effectSchema.nullable(),
    }),
    result: z.object({
      agent: agentViewSchema,
      connection: clientConnectionSchema,
      /** A copy of the file as it was; null where there was none. */
      backup: z.string().nullable(),
    }),
  },
  /** Puts the very bytes back that were there before, and removes the agent that was made for it. */
  'clients.undo': { params: z.strictObject({ id: z.string() }), result: done },
  /** The person knows of this server beside ScopeGate and leaves it there. */
  'clients.dismiss': { params: z.strictObject({ key: z.string() }), result: done },

  'setup.state': { params: z.strictObject({}), result: z.object({ isDone: z.boolean() }) },
  'setup.finish': { params: z.strictObject({}), result: done },
  /** Lets a built-in agent make one call that asks; answers at once, the call is seen in Live. */
  'setup.tryCall': { params: z.strictObject({}), result: done },
  'setup.tryResult': {
    params: z.strictObject({}),
    result: z.object({
      state: z.enum(['none', 'waiting', 'ran', 'refused', 'failed']),
      /** What the agent was told, or why it could not be tried; text without secrets. */
      text: z.string(),
    }),
  },
} as const satisfies Record<string, { params: z.ZodType; result: z.ZodType }>;

/** Files, connections or what stands beside ScopeGate changed: read `clients.list` again. */
export const clientsChangedEventSchema = z.object({ type: z.literal('clients.changed') });
