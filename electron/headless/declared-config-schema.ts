import { z } from 'zod';
import { agentNameSchema, effectSchema, rateLimitSchema, serverIdSchema } from '../shared/index.ts';

/** What `scopegate serve --config FILE.yaml` may hold. Anything else is refused. */

const effect = z.enum(effectSchema.options, { error: 'expected allow, ask or deny' });

const portRange = 'expected a port from 0 (any free port) to 65535';

const referencePattern = /^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/;

const token = z
  .string()
  .regex(referencePattern, 'expected env:NAME or file:PATH; the token itself must not stand in this file');

const limit = z
  .string()
  .regex(/^[1-9]\d{0,6}\/(s|min|h)$/, 'expected N/s, N/min or N/h with N from 1 to 1000000, for example 600/min')
  .transform((text) => {
    const [count, per] = text.split('/');
    return { count: Number(count), per };
  })
  .pipe(rateLimitSchema);

/** An exposed tool name (`server__tool`) or all tools of a server (`server__*`). */
const toolKey = z
  .string()
  .max(64, 'tool names have at most 64 characters')
  .regex(
    /^[a-z0-9-]{1,24}__(\*|[A-Za-z0-9_-]+)$/,
    'expected the name agents see, such as files__read_file, or files__* for all tools of a server',
  );

const environment = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of an environment variable'),
  z.string().max(8192),
);

const headers = z.record(
  z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'expected the name of an HTTP header'),
  z
    .string()
    .max(8192)
    .regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'a header value cannot hold these characters'),
);

export const stdioServerSchema = z.strictObject({
  command: z.string().trim().min(1, 'the command is empty').max(4096),
  args: z.array(z.string().max(8192)).max(256).default([]),
  cwd: z.string().min(1).max(4096).optional(),
  env: environment.default({}),
  trusted: z.boolean().default(false),
});

export const httpServerSchema = z.strictObject({
  url: z
    .string()
    .max(4096)
    .refine(isHttpUrl, 'expected an http:// or https:// address')
    .refine((text) => !hasUserInfo(text), 'a name or password must not stand in an address; use headers with env:NAME'),
  headers: headers.default({}),
  trusted: z.boolean().default(false),
});

export const agentSchema = z.strictObject({
  token,
  default: effect.optional(),
  tools: z.record(toolKey, effect).default({}),
  limit: limit.optional(),
});

export const configFileSchema = z.strictObject({
  port: z.number().int().min(0, portRange).max(65535, portRange).optional(),
  /** Each checked on its own: `command` and `url` lead to different keys. */
  servers: z.record(serverIdSchema, z.record(z.string(), z.unknown())).default({}),
  agents: z.record(agentNameSchema, agentSchema).default({}),
});

function isHttpUrl(text: string): boolean {
  try {
    const { protocol } = new URL(text);
    return protocol === 'http:' || protocol === 'https:';
  } catch {
    return false;
  }
}

function hasUserInfo(text: string): boolean {
  try {
    const { username, password } = new URL(text);
    return username !== '' || password !== '';
  } catch {
    return false;
  }
}
