import { z } from 'zod';

/**
 * Where signing in at a server stands. `none`: it never asked for it. `needed`: it refuses calls until a person signs in.
 * `signing_in`: a browser is open and waits. `unavailable`: signed in, but the sign-in service did not answer. `locked`:
 * the vault has to be unlocked first.
 */
const signInStateSchema = z.enum(['none', 'needed', 'signing_in', 'signed_in', 'unavailable', 'locked']);

/** What the UI may know of a sign-in; never a token, a code or a client secret. */
export const serverSignInSchema = z.object({
  state: signInStateSchema,
  /** Who signs people in: the issuer's host. Text from the server. */
  service: z.string().nullable(),
  /** What was asked for and granted. Text from the server. */
  scopes: z.array(z.string()),
  /** Milliseconds since the epoch; null: the service did not say. It is renewed before then. */
  expiresAt: z.number().nullable(),
  /** False: signing in again is the only way to renew it. */
  renewable: z.boolean(),
  /** Why it is needed, or why the last attempt did not work, and what to do. */
  message: z.string().nullable(),
  fix: z.string().nullable(),
  /** When that was found; milliseconds since the epoch. */
  since: z.number().nullable(),
});
export type ServerSignIn = z.infer<typeof serverSignInSchema>;

/** A client that was registered by hand at the sign-in service. */
export const signInClientSchema = z.strictObject({
  /** As the service gave it, or the https address of a public client document. */
  id: z.string().trim().min(1).max(2048),
  secret: z.string().max(8192).nullable(),
  /** The port of `http://127.0.0.1:PORT/callback`, for services that compare it; null: any free one. */
  redirectPort: z.number().int().min(1024).max(65535).nullable(),
});
export type SignInClient = z.infer<typeof signInClientSchema>;

const byServer = z.strictObject({ serverId: z.string() });
const done = z.object({});

export const oauthMethods = {
  'oauth.status': { params: byServer, result: serverSignInSchema },
  /**
   * Opens the browser at the sign-in service and answers as soon as it is open; how it ends is in `server.changed`.
   * `opened` false: this host could not open a browser, and the person has to open `url` on this very machine.
   */
  'oauth.signIn': { params: byServer, result: z.object({ opened: z.boolean(), url: z.string() }) },
  'oauth.cancel': { params: byServer, result: done },
  /** Revokes the tokens where the service offers it, and forgets them. `revoked` false: it did not, or did not answer. */
  'oauth.signOut': { params: byServer, result: z.object({ revoked: z.boolean() }) },
  /** Null takes the client away again; tokens that were made with another client are forgotten. */
  'oauth.setClient': {
    params: z.strictObject({ serverId: z.string(), client: signInClientSchema.nullable() }),
    result: done,
  },
} as const satisfies Record<string, { params: z.ZodType; result: z.ZodType }>;
