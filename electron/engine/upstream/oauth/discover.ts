import type { AuthorizationServerMetadata, OAuthProtectedResourceMetadata } from '@modelcontextprotocol/client';
import { refuseUrl } from './address-rules.ts';
import type { Challenge } from './contract.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import type { OAuthSdk } from './load-sdk.ts';
import { quoteText, SignInFault } from './sign-in-fault.ts';

/** What a server and its sign-in service say of themselves, checked. */
export interface Discovery {
  /** RFC 8707: sent with every request for a token, exactly as published. */
  resource: string;
  metadata: AuthorizationServerMetadata;
  /** All the server knows; what is asked for where its challenge names none. */
  scopesSupported: string[] | null;
}

export interface DiscoveryPorts {
  sdk: OAuthSdk;
  guarded: GuardedFetch;
}

/**
 * RFC 9728, then RFC 8414 or OpenID Connect discovery: which service signs people in for this server, and that it is the
 * one it says, for this server, with PKCE. Rejects with a `SignInFault`.
 */
export async function discover(server: URL, challenge: Challenge, ports: DiscoveryPorts): Promise<Discovery> {
  const resource = await findResource(server, challenge, ports);
  if (resource !== null) checkResource(server, resource, ports.sdk);
  const issuer = resource?.authorization_servers?.[0] ?? `${server.origin}/`;
  const metadata = await findService(issuer, server, ports);
  return {
    resource: resource?.resource ?? canonicalUri(server),
    metadata,
    scopesSupported: resource?.scopes_supported ?? null,
  };
}

/** Null: the server publishes none (before revision 2025-06-18), and its own origin signs people in. */
async function findResource(
  server: URL,
  challenge: Challenge,
  { sdk, guarded }: DiscoveryPorts,
): Promise<OAuthProtectedResourceMetadata | null> {
  const named = challenge.metadataUrl;
  try {
    const options = named === null ? {} : { resourceMetadataUrl: named };
    return await sdk.discoverOAuthProtectedResourceMetadata(withoutQuery(server), options, guarded.fetch);
  } catch (error) {
    if (error instanceof SignInFault) throw error;
    const status = guarded.lastStatus() ?? 0;
    if (named === null && status >= 400 && status < 500) return null;
    if (status >= 500) throw away(server.host, status);
    throw new SignInFault(
      'refused',
      `${quoteText(server.host)} wants you to sign in, and what it says about how cannot be read.`,
      'Ask whoever runs this server: its protected resource metadata is not as RFC 9728 wants it.',
    );
  }
}

/** A description made for another server would make us fetch a token for that one. */
function checkResource(server: URL, { resource }: OAuthProtectedResourceMetadata, sdk: OAuthSdk): void {
  const isOwn = sdk.checkResourceAllowed({ requestedResource: withoutQuery(server), configuredResource: resource });
  if (isOwn && !resource.includes('#')) return;
  throw new SignInFault(
    'refused',
    `${quoteText(server.host)} says its sign-in is for another server (${quoteText(resource)}).`,
    'Check the address of this server; do not sign in if you did not expect this.',
  );
}

async function findService(issuer: string, server: URL, ports: DiscoveryPorts): Promise<AuthorizationServerMetadata> {
  const { sdk, guarded } = ports;
  let metadata: AuthorizationServerMetadata | undefined;
  try {
    metadata = await sdk.discoverAuthorizationServerMetadata(issuer, { fetchFn: guarded.fetch });
  } catch (error) {
    if (error instanceof SignInFault) throw error;
    const name = quoteText(hostOf(issuer));
    if (error instanceof sdk.IssuerMismatchError) {
      throw new SignInFault(
        'refused',
        `The sign-in service at ${name} says it is another one (${quoteText(error.received ?? '')}).`,
        'Do not sign in; ask whoever runs this server.',
      );
    }
    const status = guarded.lastStatus() ?? 0;
    if (status >= 500) throw away(name, status);
    throw new SignInFault(
      'refused',
      `What the sign-in service at ${name} says of itself cannot be read.`,
      'Ask whoever runs this server: its authorization server metadata is not as RFC 8414 wants it.',
    );
  }
  if (metadata === undefined) {
    throw new SignInFault(
      'refused',
      `${quoteText(server.host)} wants credentials, and offers no way to sign in that ScopeGate can find.`,
      'If it wants a token or key, add it as a credential of this server.',
    );
  }
  checkService(metadata, server);
  return metadata;
}

/** Revision 2025-11-25 on: no PKCE in the metadata means none, and then nobody signs in. */
function checkService(metadata: AuthorizationServerMetadata, server: URL): void {
  const name = quoteText(hostOf(metadata.issuer));
  if (!metadata.code_challenge_methods_supported?.includes('S256')) {
    throw new SignInFault(
      'refused',
      `The sign-in service at ${name} does not say that it protects sign-ins with PKCE (S256).`,
      'ScopeGate does not sign in without it; ask whoever runs the service.',
    );
  }
  if (metadata.response_types_supported && !metadata.response_types_supported.includes('code')) {
    throw new SignInFault(
      'refused',
      `The sign-in service at ${name} offers no sign-in by code.`,
      'Ask whoever runs the service.',
    );
  }
  for (const endpoint of [metadata.authorization_endpoint, metadata.token_endpoint]) {
    const why = refuseUrl(parseUrl(endpoint), server);
    if (why === null) continue;
    throw new SignInFault(
      'refused',
      `The sign-in service at ${name} wants to use an address ScopeGate does not go to: ${why}.`,
      'Do not sign in; ask whoever runs the service.',
    );
  }
}

function parseUrl(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw new SignInFault(
      'refused',
      'The sign-in service names an address that is none.',
      'Ask whoever runs the service.',
    );
  }
}

function away(host: string, status: number): SignInFault {
  return new SignInFault(
    'unavailable',
    `${quoteText(host)} has a fault of its own (${status}), so nobody can sign in now.`,
    'Try again later.',
  );
}

export function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}

/** A query of the address may hold a secret, and is no part of a resource here. */
export function withoutQuery(server: URL): URL {
  return new URL(server.origin + server.pathname);
}

/** RFC 8707, without the slash that means nothing. */
function canonicalUri(server: URL): string {
  return server.pathname === '/' ? server.origin : server.origin + server.pathname;
}
