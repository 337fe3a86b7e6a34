import { z } from 'zod';

const text = (max: number) => z.string().max(max);
const config = z.object({
  command: text(4000).optional(),
  args: z.array(text(8000)).max(200).optional(),
  env: z.record(text(200), text(8000)).optional(),
});
const scalar = z.union([text(4000), z.number(), z.boolean()]);

const userFieldSchema = z.object({
  type: z.enum(['string', 'number', 'boolean', 'directory', 'file']),
  title: text(200).optional(),
  description: text(2000).optional(),
  required: z.boolean().optional(),
  default: z.union([scalar, z.array(scalar)]).optional(),
  multiple: z.boolean().optional(),
  sensitive: z.boolean().optional(),
});
export type BundleUserField = z.infer<typeof userFieldSchema>;

/** `manifest.json` of an MCPB bundle (manifest 0.3), as far as it is used here. */
export const bundleManifestSchema = z.object({
  name: text(200).min(1),
  display_name: text(200).optional(),
  version: text(100),
  description: text(4000).optional(),
  author: z.object({ name: text(200) }),
  server: z.object({
    type: z.enum(['node', 'python', 'binary', 'uv']),
    mcp_config: config.extend({ platform_overrides: z.record(text(40), config).optional() }).optional(),
  }),
  compatibility: z.object({ platforms: z.array(text(40)).optional() }).optional(),
  user_config: z.record(z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/), userFieldSchema).optional(),
});
export type BundleManifest = z.infer<typeof bundleManifestSchema>;
