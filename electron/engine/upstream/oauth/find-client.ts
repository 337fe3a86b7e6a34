import type { AuthorizationServerMetadata } from '@modelcontextprotocol/client';
import type { SignInClient } from '../../../shared/index.ts';
import type { Grant, KnownClient } from './contract.ts';
import { type DiscoveryPorts, hostOf } from './discover.ts';
import { quoteText, SignInFault } from './sign-in-fault.ts';

export interface ClientWish {
  metadata: AuthorizationServerMetadata;
  /** What a person entered for this server. */
  entered: SignInClient | null;
  /** The last grant, whose client may be used again at the same service with the same redirect. */
  last: Grant | null;
  redirectUrl: string;
  redirectPort: number;
  scopes: string[];
}

/**
 * Who ScopeGate is at this service, in the order of the specification: what a person entered, a public document, an
 * earlier registration, a new one. Rejects with a `SignInFault` that says what a person can enter.
 */
export async function findClient(wish: ClientWish, ports: DiscoveryPorts): Promise<KnownClient> {
  const { metadata, entered, last } = wish;
  const document = entered !== null && isDocumentAddress(entered.id) ? entered.id : null;
  if (entered !== null && document === null) {
    return { kind: 'entered', id: entered.id, secret: entered.secret, authMethod: null };
  }
  if (document !== null && metadata.client_id_metadata_document_supported === true) {
    return { kind: 'document', id: document, secret: null, authMethod: 'none' };
  }
  if (last !== null && isStillGood(last, wish)) return last.client;
  if (metadata.registration_endpoint) return register(wish, ports);
  throw new SignInFault('refused', noClientMessage(metadata, document), noClientFix(metadata));
}

/** Made by this very service, for this redirect, and for at least these scopes: services hold clients to all three. */
function isStillGood(last: Grant, { metadata, redirectPort, scopes }: ClientWish): boolean {
  const isSame = last.issuer === metadata.issuer && last.redirectPort === redirectPort;
  return isSame && last.client.kind === 'registered' && scopes.every((scope) => last.requestedScopes.includes(scope));
}

/** The id of a client document: https, with a path. */
function isDocumentAddress(id: string): boolean {
  if (!id.startsWith('https://')) return false;
  try {
    return new URL(id).pathname !== '/';
  } catch {
    return false;
  }
}

/** What the SDK can do at a token endpoint, the least secret first. */
const knownMethods = ['none', 'client_secret_basic', 'client_secret_post'] as const;

async function register(wish: ClientWish, { sdk, guarded }: DiscoveryPorts): Promise<KnownClient> {
  const { metadata } = wish;
  const methods = metadata.token_endpoint_auth_methods_supported ?? [];
  try {
    const made = await sdk.registerClient(metadata.issuer, {
      metadata,
      fetchFn: guarded.fetch,
      ...(wish.scopes.length === 0 ? {} : { scope: wish.scopes.join(' ') }),
      clientMetadata: {
        client_name: 'ScopeGate',
        redirect_uris: [wish.redirectUrl],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        application_type: 'native',
        // a program on a person's machine keeps no secret from them: none is asked for where none is needed
        token_endpoint_auth_method: knownMethods.find((method) => methods.includes(method)) ?? 'none',
      },
    });
    return {
      kind: 'registered',
      id: made.client_id,
      secret: made.client_secret ?? null,
      authMethod: made.token_endpoint_auth_method ?? null,
    };
  } catch (error) {
    if (error instanceof SignInFault) throw error;
    const name = quoteText(hostOf(metadata.issuer));
    if (error instanceof sdk.RegistrationRejectedError && error.status >= 500) {
      throw new SignInFault('unavailable', `${name} has a fault of its own (${error.status}).`, 'Try again later.');
    }
    throw new SignInFault(
      'refused',
      `The sign-in service at ${name} did not register ScopeGate as a client.`,
      'Register a client there by hand, with http://127.0.0.1/callback as its redirect, and enter its id.',
    );
  }
}

function noClientMessage(metadata: AuthorizationServerMetadata, document: string | null): string {
  const name = quoteText(hostOf(metadata.issuer));
  if (metadata.client_id_metadata_document_supported === true && document === null) {
    return `The sign-in service at ${name} knows clients by a public web document; ScopeGate runs on your machine and has none.`;
  }
  return `The sign-in service at ${name} lets no program register itself.`;
}

function noClientFix(metadata: AuthorizationServerMetadata): string {
  const byHand = 'Register a client there by hand, with http://127.0.0.1/callback as its redirect, and enter its id';
  if (metadata.client_id_metadata_document_supported !== true) return `${byHand}.`;
  return `${byHand}; or put such a document on the web yourself and enter its address as the id.`;
}
