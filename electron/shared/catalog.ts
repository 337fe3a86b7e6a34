import { z } from 'zod';
import { transportSchema } from './server.ts';

/** Something a server wants to be told before it can run. Words are the publisher's own text. */
export const catalogFieldSchema = z.object({
  key: z.string(),
  label: z.string(),
  description: z.string(),
  required: z.boolean(),
  /** Taken only as a reference (`env:NAME`, `file:PATH`); never stored. */
  secret: z.boolean(),
  default: z.string(),
  choices: z.array(z.string()),
  /** One value a line. */
  multiple: z.boolean(),
});
export type CatalogField = z.infer<typeof catalogFieldSchema>;

/** One way to run an entry. */
export const catalogOptionSchema = z.object({
  key: z.string(),
  kind: z.enum(['npm', 'pypi', 'oci', 'remote', 'other']),
  /** `npm @scope/name 1.2.3`, or the host of a remote server. */
  label: z.string(),
  /** What the registry of the package promises about its bytes; null: not known here. */
  integrity: z.string().nullable(),
  /** Why it cannot be added from here, one sentence; null: it can. */
  refusal: z.string().nullable(),
  fields: z.array(catalogFieldSchema),
});
export type CatalogOption = z.infer<typeof catalogOptionSchema>;

export const catalogEntrySchema = z.object({
  /** In reverse-DNS format, `io.github.user/server`: who published it, nothing about what it does. */
  name: z.string(),
  title: z.string(),
  description: z.string(),
  version: z.string(),
  website: z.string().nullable(),
  options: z.array(catalogOptionSchema),
});
export type CatalogEntry = z.infer<typeof catalogEntrySchema>;

export const catalogSourceSchema = z.object({
  /** `snapshot`: came with ScopeGate. `registry`: fetched by the person. */
  kind: z.enum(['snapshot', 'registry']),
  /** Milliseconds since the epoch. */
  at: z.number(),
  count: z.number().int(),
  /** The registry had more than is kept. */
  isCut: z.boolean(),
});
export type CatalogSource = z.infer<typeof catalogSourceSchema>;

/** An MCPB file that was looked through; nothing of it was unpacked. */
export const bundleViewSchema = z.object({
  /** SHA-256 of the file; sent back to unpack exactly this one. */
  hash: z.string(),
  name: z.string(),
  version: z.string(),
  description: z.string(),
  author: z.string(),
  kind: z.string(),
  files: z.number().int(),
  /** Unpacked size, bytes. */
  bytes: z.number().int(),
  fields: z.array(catalogFieldSchema),
});
export type BundleView = z.infer<typeof bundleViewSchema>;

const values = z.record(z.string().max(200), z.string().max(8192));
/** `problems`: by field key, what is missing or wrong; the transport is null then. */
const planned = z.object({
  transport: transportSchema.nullable(),
  problems: z.record(z.string(), z.string()),
});
export type PlannedServer = z.infer<typeof planned>;

export const catalogMethods = {
  /** At most 50 entries; an empty query gives the first ones by name. */
  'catalog.search': {
    params: z.strictObject({ query: z.string().max(200) }),
    result: z.object({ entries: z.array(catalogEntrySchema), total: z.number().int(), source: catalogSourceSchema }),
  },
  /** Fetches the official registry; what was there stays when it fails. */
  'catalog.update': { params: z.strictObject({}), result: catalogSourceSchema },
  /** The exact transport an option becomes with these values. Adds nothing. */
  'catalog.plan': {
    params: z.strictObject({ name: z.string(), option: z.string(), values }),
    result: planned,
  },
  /** Looks through an `.mcpb` file. */
  'catalog.bundle': { params: z.strictObject({ path: z.string().trim().min(1).max(4096) }), result: bundleViewSchema },
  /** Unpacks it into the data folder and plans the server. Adds nothing. */
  'catalog.unpack': {
    params: z.strictObject({ path: z.string().trim().min(1).max(4096), hash: z.string(), values }),
    result: planned,
  },
} as const satisfies Record<string, { params: z.ZodType; result: z.ZodType }>;
