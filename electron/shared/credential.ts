import { z } from 'zod';

/** Values leave the engine never: nothing in this file that goes to a page holds one. */

export const credentialKindSchema = z.enum(['bearer', 'header', 'env', 'basic', 'query', 'oauth2']);
export type CredentialKind = z.infer<typeof credentialKindSchema>;

/** `env:NAME`, `file:/absolute/path` or `op://vault/item/field` (the 1Password command line): read when it is used, never stored. */
export const credentialReferenceSchema = z
  .string()
  .max(1024)
  .regex(
    /^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+|op:\/\/[^/\s]+\/[^/\s].*)$/,
    'Write env:NAME, file:/absolute/path or op://vault/item/field.',
  );

export const credentialSourceSchema = z.discriminatedUnion('from', [
  z.object({ from: z.literal('vault') }),
  z.object({ from: z.literal('reference'), reference: credentialReferenceSchema }),
]);
export type CredentialSource = z.infer<typeof credentialSourceSchema>;

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/, 'This is not the name of a header.');
const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'This is not the name of a variable.');
const queryName = z.string().regex(/^[A-Za-z0-9._~-]{1,128}$/, 'Use letters, digits, dots and hyphens.');

/** Where a value goes. `header` and `query` with HTTP servers, for each request; `env` with programs, when they start. */
export const placementSchema = z.discriminatedUnion('in', [
  z.strictObject({
    in: z.literal('header'),
    name: headerName,
    /** In front of the value, as in `Bearer `. */ prefix: z.string().max(64),
  }),
  z.strictObject({ in: z.literal('query'), name: queryName }),
  z.strictObject({ in: z.literal('env'), name: variableName }),
]);
export type Placement = z.infer<typeof placementSchema>;

/**
 * A credential used with one server, by all agents or by one. `boundTo`: the one origin (HTTP) or program it may go to.
 * An agent's own binding for the same place takes the place of the one for all.
 */
export const credentialBindingSchema = z.object({
  id: z.string(),
  serverId: z.string(),
  /** Null: every agent that may use the server. */
  agentId: z.string().nullable(),
  placement: placementSchema,
  boundTo: z.string(),
  /** Why it is not used, in one sentence (the address changed, the row was altered, …); null: it is. */
  inactive: z.string().nullable(),
});
export type CredentialBinding = z.infer<typeof credentialBindingSchema>;

/**
 * `ready`: can be used now. `locked`: the vault has to be unlocked. `needs_sign_in`: a person has to sign in (oauth2).
 * `broken`: cannot be used; `problem` says why and what to do.
 */
export const credentialStateSchema = z.enum(['ready', 'locked', 'needs_sign_in', 'broken']);
export type CredentialState = z.infer<typeof credentialStateSchema>;

export const credentialViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: credentialKindSchema,
  source: credentialSourceSchema,
  /** Of `basic`; not a secret. */
  username: z.string().nullable(),
  state: credentialStateSchema,
  problem: z.object({ message: z.string(), fix: z.string() }).nullable(),
  bindings: z.array(credentialBindingSchema),
  createdAt: z.number(),
  /** When its value was last replaced, or last renewed (oauth2). */
  rotatedAt: z.number().nullable(),
  lastUsedAt: z.number().nullable(),
  /** Agents that used it, the latest first, at most 20. */
  usedBy: z.array(
    z.object({ agentId: z.string(), serverId: z.string(), lastUsedAt: z.number(), calls: z.number().int() }),
  ),
  /** Of `oauth2` once somebody has signed in. */
  oauth: z
    .object({
      issuer: z.string(),
      scopes: z.array(z.string()),
      expiresAt: z.number().nullable(),
      canRenew: z.boolean(),
    })
    .nullable(),
});
export type CredentialView = z.infer<typeof credentialViewSchema>;

/** One use of a credential: the same call stands in the audit log under `callId`. */
export const credentialUseSchema = z.object({
  at: z.number(),
  callId: z.string(),
  agentId: z.string(),
  serverId: z.string(),
  tool: z.string(),
});
export type CredentialUse = z.infer<typeof credentialUseSchema>;

/**
 * `empty`: nothing was ever stored. `locked`: values cannot be read until it is unlocked. `broken`: its key cannot be had
 * (another machine, a damaged row); `problem` says what to do.
 */
export const vaultStatusSchema = z.object({
  state: z.enum(['empty', 'locked', 'unlocked', 'broken']),
  /** What opens it: the system's own key store, or a passphrase. Null while empty. */
  protection: z.enum(['os', 'passphrase']).nullable(),
  /** The system's key store in words ("macOS Keychain"); null: there is none that protects. */
  osStore: z.string().nullable(),
  /** Why the system cannot protect a key here, in one sentence: a passphrase is needed. Shown in red. */
  weak: z.string().nullable(),
  problem: z.object({ message: z.string(), fix: z.string() }).nullable(),
  /** Values in it. */
  secrets: z.number().int(),
  /** Minutes without use after which it locks by itself; null: never. */
  autoLockMinutes: z.number().int().nullable(),
  /** When it will lock unless it is used before; milliseconds since the epoch, told with a delay of up to 15 s. */
  locksAt: z.number().nullable(),
  lockWithScreen: z.boolean(),
  /** This host learns of the screen's lock. */
  knowsScreen: z.boolean(),
  /** After wrong passphrases: nothing is tried before this time. */
  retryAt: z.number().nullable(),
  /** The last call that could not be made because it was locked; cleared by unlocking. */
  wanted: z.object({ at: z.number(), agentName: z.string(), serverName: z.string() }).nullable(),
  createdAt: z.number().nullable(),
  /** When its master key was last replaced. */
  keyRotatedAt: z.number().nullable(),
});
export type VaultStatus = z.infer<typeof vaultStatusSchema>;

export const minPassphrase = 12;
const newPassphrase = z.string().min(minPassphrase, `Use at least ${minPassphrase} characters.`).max(1024);
const givenPassphrase = z.string().min(1).max(1024);
const secretValue = z
  .string()
  .min(1)
  .max(64 * 1024);
const credentialName = z.string().trim().min(1).max(60);

/** A value to be stored, or where to read it. */
const givenSource = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('vault'), value: secretValue }),
  z.strictObject({ from: z.literal('reference'), reference: credentialReferenceSchema }),
]);

const bindingTarget = {
  serverId: z.string(),
  agentId: z.string().nullable(),
  placement: placementSchema,
};

export const credentialDraftSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['bearer', 'header', 'env', 'query']), name: credentialName, source: givenSource }),
  z.strictObject({
    kind: z.literal('basic'),
    name: credentialName,
    username: z
      .string()
      .min(1)
      .max(256)
      .regex(/^[^:\r\n]+$/, 'A user name has no colon.'),
    source: givenSource,
  }),
]);
export type CredentialDraft = z.infer<typeof credentialDraftSchema>;

const nothing = z.strictObject({});
const byId = z.strictObject({ id: z.string() });
const done = z.object({});
/** `ok: false`: nothing changed, and this is why. A wrong passphrase is an answer, not an error. */
const vaultAnswer = z.object({ ok: z.boolean(), message: z.string(), retryAt: z.number().nullable() });
export type VaultAnswer = z.infer<typeof vaultAnswer>;

export const credentialMethods = {
  /** Makes an empty vault; only needed with a passphrase, else it makes itself with the first value. */
  'vault.create': { params: z.strictObject({ passphrase: newPassphrase.nullable() }), result: vaultAnswer },
  /** `passphrase: null` where the system's key store opens it. */
  'vault.unlock': { params: z.strictObject({ passphrase: givenPassphrase.nullable() }), result: vaultAnswer },
  /** Ends connections and programs that hold a value of it. */
  'vault.lock': { params: nothing, result: done },
  /** Sets or changes the passphrase; from then on it alone opens the vault. `current`: null while the system opens it. */
  'vault.setPassphrase': {
    params: z.strictObject({ current: givenPassphrase.nullable(), passphrase: newPassphrase }),
    result: vaultAnswer,
  },
  /** Back to the system's key store, where there is one. */
  'vault.removePassphrase': { params: z.strictObject({ current: givenPassphrase }), result: vaultAnswer },
  /** A new master key; every value stays usable meanwhile. */
  'vault.rotateKey': { params: nothing, result: done },
  'vault.setSettings': {
    params: z.strictObject({
      autoLockMinutes: z.number().int().min(1).max(1440).nullable().optional(),
      lockWithScreen: z.boolean().optional(),
    }),
    result: done,
  },
  /** All credentials with their values, sealed under a passphrase of its own. `current`: of the vault, where it has one. */
  'vault.export': {
    params: z.strictObject({ passphrase: newPassphrase, current: givenPassphrase.nullable() }),
    result: z.discriminatedUnion('ok', [
      z.object({ ok: z.literal(true), fileName: z.string(), text: z.string(), credentials: z.number().int() }),
      z.object({ ok: z.literal(false), message: z.string(), retryAt: z.number().nullable() }),
    ]),
  },
  /** Adds what the file holds; a credential of the same name and value is left out, of the same name gets a number. */
  'vault.import': {
    params: z.strictObject({ passphrase: givenPassphrase, text: z.string().max(16 * 1024 * 1024) }),
    result: z.object({ ok: z.boolean(), message: z.string(), added: z.number().int(), skipped: z.number().int() }),
  },
  /** Puts a vault nobody can open aside (its rows are kept) and starts an empty one; its credentials ask for new values. */
  'vault.startOver': { params: z.strictObject({ passphrase: newPassphrase.nullable() }), result: vaultAnswer },

  'credentials.add': { params: credentialDraftSchema, result: credentialViewSchema },
  'credentials.rename': { params: z.strictObject({ id: z.string(), name: credentialName }), result: done },
  /** Takes effect with the next request, or the next start of a program. */
  'credentials.replace': { params: z.strictObject({ id: z.string(), source: givenSource }), result: done },
  /** Can be restored until the engine ends; then its value is erased. */
  'credentials.remove': { params: byId, result: done },
  'credentials.restore': { params: byId, result: done },
  'credentials.bind': { params: z.strictObject({ id: z.string(), ...bindingTarget }), result: done },
  'credentials.unbind': { params: z.strictObject({ id: z.string(), bindingId: z.string() }), result: done },
  /** The server's new address (or program) may have it from now on. `boundTo`: what the person saw. */
  'credentials.confirm': {
    params: z.strictObject({ id: z.string(), bindingId: z.string(), boundTo: z.string() }),
    result: done,
  },
  /** Newest first. `before`: of the last one seen. */
  'credentials.uses': {
    params: z.strictObject({
      id: z.string(),
      before: z.object({ at: z.number(), callId: z.string() }).nullable(),
      limit: z.number().int().min(1).max(200),
    }),
    result: z.object({ uses: z.array(credentialUseSchema), more: z.boolean() }),
  },
  /** Reads a reference and tells whether it has a value, never which. */
  'credentials.checkReference': {
    params: z.strictObject({ reference: credentialReferenceSchema }),
    result: z.object({ ok: z.boolean(), message: z.string() }),
  },
  /** Where values can be read from on this machine. */
  'credentials.sources': { params: nothing, result: z.object({ onePassword: z.boolean() }) },
} as const;

export const credentialEvents = [
  z.object({ type: z.literal('vault.changed'), vault: vaultStatusSchema }),
  z.object({ type: z.literal('credential.changed'), credential: credentialViewSchema }),
  z.object({ type: z.literal('credential.removed'), id: z.string() }),
] as const;
