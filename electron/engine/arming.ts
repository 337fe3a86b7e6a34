import type { CredentialState } from '../shared/index.ts';

/** What passes between vault, credentials, sign-ins and the links: how a request or a program gets its credentials. */

/** Why a value cannot be had now. `message` and `fix` are for people and name no value. */
export interface Unusable {
  state: Exclude<CredentialState, 'ready'>;
  message: string;
  fix: string;
}
export type Opened<T> = { ok: true; value: T } | { ok: false; why: Unusable };

/** What a request carries beside what is its own. */
export interface Armament {
  /** Names in lower case. */
  headers: Record<string, string>;
  /** Names and values, not encoded yet. */
  query: readonly (readonly [string, string])[];
}

/** What a server said of a token, or of a request without one. */
export interface TokenRefusal {
  status: 401 | 403;
  wwwAuthenticate: string | null;
}

/** The credentials of one link: of one server, and of one agent or of all that share it. */
export interface LinkCredentials {
  /** Which bindings they come from; equal keys may share a link. Empty: none. */
  readonly key: string;
  /** For a program, what it was started with, versions included: once this changes it has to be started anew. */
  processKey(): string;
  /** For one HTTP request, read anew each time; a promise only where something has to be waited for. */
  forRequest(): Opened<Armament> | Promise<Opened<Armament>>;
  /** Variables for a program that starts. */
  forProcess(): Promise<Opened<Record<string, string>>>;
  /** The server refused a request with 401 or 403. Null: credentials can do nothing; ok: sending once more is worth it. */
  refused(refusal: TokenRefusal, used: Armament): Promise<Opened<unknown>> | null;
}

/** Where links get their credentials. `agentId` null: the gateway itself, which reads what a server offers. */
export type CredentialSource = (serverId: string, agentId: string | null) => LinkCredentials;

/** A server that nothing is bound to. */
export const noCredentials: LinkCredentials = {
  key: '',
  processKey: () => '',
  forRequest: () => ({ ok: true, value: { headers: {}, query: [] } }),
  forProcess: async () => ({ ok: true, value: {} }),
  refused: () => null,
};

/** A credential that a call goes out with. */
export interface UsedCredential {
  id: string;
  name: string;
}

/** What the pipeline asks before it sends a call. */
export interface CredentialGate {
  /**
   * The credentials of a call, all of them readable now; null where the server needs none, which is known without waiting.
   * A promise only where a token has to be renewed or somebody has to be asked.
   */
  ready(serverId: string, agentId: string): null | Opened<UsedCredential[]> | Promise<Opened<UsedCredential[]>>;
  /** The names of what `ready` would open; nothing is read for them. */
  names(serverId: string, agentId: string): string[];
  /** A call could not be made because the vault is locked. */
  want(agentName: string, serverName: string): void;
  /** The call is written down and goes out. */
  used(credentials: readonly UsedCredential[], call: UsedCall): void;
}

interface UsedCall {
  callId: string;
  agentId: string;
  serverId: string;
  tool: string;
}
