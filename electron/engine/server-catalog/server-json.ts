import { z } from 'zod';

/**
 * server.json of the official MCP registry (schema 2025-09-29 to 2025-12-11), as far as it is used here. Members that are
 * not known are left out; an entry that does not fit is left out whole.
 */
const text = (max: number) => z.string().max(max);

const inputSchema = z.object({
  description: text(2000).optional(),
  isRequired: z.boolean().optional(),
  value: text(4000).optional(),
  isSecret: z.boolean().optional(),
  default: z.union([text(4000), z.number(), z.boolean()]).optional(),
  choices: z.array(text(400)).max(100).optional(),
});
const withVariables = inputSchema.extend({ variables: z.record(text(200), inputSchema).optional() });
export type ServerInput = z.infer<typeof withVariables>;

const namedInputSchema = withVariables.extend({ name: text(200) });
const argumentSchema = withVariables.extend({
  type: z.enum(['positional', 'named']),
  name: text(200).optional(),
  valueHint: text(200).optional(),
  isRepeated: z.boolean().optional(),
});
export type ServerArgument = z.infer<typeof argumentSchema>;

const packageSchema = z.object({
  registryType: text(40),
  identifier: text(400),
  version: text(255).optional(),
  fileSha256: text(64).optional(),
  transport: z.object({ type: text(40) }),
  runtimeArguments: z.array(argumentSchema).max(60).optional(),
  packageArguments: z.array(argumentSchema).max(60).optional(),
  environmentVariables: z.array(namedInputSchema).max(100).optional(),
  /** Not of the registry: `dist.integrity` of npm, where the snapshot knows it. */
  integrity: text(200).optional(),
});
export type ServerPackage = z.infer<typeof packageSchema>;

const remoteSchema = z.object({
  type: text(40),
  url: text(4000),
  headers: z.array(namedInputSchema).max(60).optional(),
});
export type ServerRemote = z.infer<typeof remoteSchema>;

export const serverJsonSchema = z.object({
  name: z
    .string()
    .regex(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/)
    .max(200),
  title: text(200).optional(),
  description: text(1000),
  version: text(255),
  websiteUrl: text(2000).optional(),
  repository: z.object({ url: text(2000).optional() }).optional(),
  packages: z.array(packageSchema).max(20).optional(),
  remotes: z.array(remoteSchema).max(20).optional(),
});
export type ServerJson = z.infer<typeof serverJsonSchema>;

/** One page of `GET /v0.1/servers`. */
export const registryPageSchema = z.object({
  servers: z.array(z.unknown()).max(1000),
  metadata: z.object({ nextCursor: z.string().optional(), next_cursor: z.string().optional() }).optional(),
});

const officialMeta = z.object({
  _meta: z.object({
    'io.modelcontextprotocol.registry/official': z.object({
      status: z.string().optional(),
      isLatest: z.boolean().optional(),
    }),
  }),
});

/** The entry of one element of a page; null for one that does not fit, is old, or was taken back. */
export function readListed(listed: unknown): ServerJson | null {
  const read = z.object({ server: serverJsonSchema }).safeParse(listed);
  if (!read.success) return null;
  const meta = officialMeta.safeParse(listed);
  const official = meta.success ? meta.data._meta['io.modelcontextprotocol.registry/official'] : {};
  if (official.isLatest === false || official.status === 'deleted' || official.status === 'deprecated') return null;
  return read.data.server;
}
