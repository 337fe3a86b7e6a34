import type { SignInClient } from '../../../shared/index.ts';
import type { SignInFault } from './sign-in-fault.ts';

/** The client ScopeGate is at one sign-in service. */
export interface KnownClient {
  /** `entered` by a person, `document`: its id is the address of a public document, `registered` by itself. */
  kind: 'entered' | 'document' | 'registered';
  id: string;
  secret: string | null;
  /** What the service asked for at registration; null: chosen by what it supports. */
  authMethod: string | null;
}

/** Where a service takes requests, from its validated metadata. */
export interface ServiceEndpoints {
  token: string;
  revocation: string | null;
  authMethods: string[];
  revocationAuthMethods: string[];
}

/** What a person granted, with everything needed to renew it. Belongs to one server address and one issuer. */
export interface Grant {
  issuer: string;
  /** RFC 8707, exactly as the server publishes it. */
  resource: string;
  client: KnownClient;
  /** Port of the redirect this client was made with. */
  redirectPort: number;
  endpoints: ServiceEndpoints;
  /** What was asked for, and what was granted. */
  requestedScopes: string[];
  scopes: string[];
  accessToken: string;
  refreshToken: string | null;
  /** When the access token came, and when it ends; milliseconds since the epoch. */
  obtainedAt: number;
  expiresAt: number | null;
}

/** One server's sign-in as the vault holds it: one sealed JSON, so nothing in it can be changed from outside. */
export interface SignInRecord {
  version: 1;
  /** The address it was made for; at any other it counts for nothing. */
  serverUrl: string;
  /** The client a person entered; null: none. */
  entered: SignInClient | null;
  grant: Grant | null;
}

/** Why a record cannot be had or kept now, for people. */
export type StoreAnswer<T> =
  | { ok: true; value: T }
  | { ok: false; state: 'locked' | 'broken'; message: string; fix: string };

/** Of a record, what is no secret; known also while the vault is locked, once it was read. */
export interface SignInLook {
  serverUrl: string;
  issuer: string;
  scopes: string[];
  expiresAt: number | null;
  renewable: boolean;
  /** Its tokens are worth nothing any more. */
  isEnded: boolean;
}

/** Keeps records. A saved one is durable before the answer, and before the one it replaces is gone. */
export interface SignInStore {
  /** Before a person is sent to the browser: whether what they bring back could be kept. */
  prepare(serverId: string): Promise<StoreAnswer<null>>;
  /** False: nothing can be read now, because the vault is locked. */
  isOpen(): boolean;
  /** Null: nothing is kept for this server. */
  load(serverId: string): StoreAnswer<SignInRecord | null>;
  /** For views. Null: nobody has signed in, or it is not known. */
  look(serverId: string): SignInLook | null;
  /** Signing in belongs to this server, whether somebody is signed in or not. */
  has(serverId: string): boolean;
  /** `isRenewed`: no person did anything. */
  save(serverId: string, record: SignInRecord, isRenewed: boolean): Promise<StoreAnswer<null>>;
  remove(serverId: string): void;
}

/** What of a record may be shown; null while nobody has signed in. */
export function lookAt(record: SignInRecord | null): SignInLook | null {
  if (!record?.grant) return null;
  const { issuer, scopes, expiresAt, refreshToken, accessToken } = record.grant;
  const isEnded = accessToken === '';
  return { serverUrl: record.serverUrl, issuer, scopes, expiresAt, renewable: refreshToken !== null, isEnded };
}

/** What a server said when it refused a request: 401, or 403 with `insufficient_scope`. */
export interface Challenge {
  status: 401 | 403;
  scopes: string[];
  /** `resource_metadata` of RFC 9728; null: not named, the well-known places are tried. */
  metadataUrl: string | null;
}

/** A token to send, or why there is none. */
export type TokenAnswer = { ok: true; token: string } | { ok: false; fault: SignInFault };
