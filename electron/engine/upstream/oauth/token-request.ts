import type {
  AuthorizationServerMetadata,
  OAuthClientInformationMixed,
  OAuthTokens,
} from '@modelcontextprotocol/client';
import { splitScopes } from './challenge.ts';
import type { Grant, KnownClient, ServiceEndpoints } from './contract.ts';
import { type DiscoveryPorts, hostOf } from './discover.ts';
import { quoteText, SignInFault } from './sign-in-fault.ts';

/** A client as the SDK's functions want it. */
export function clientInformation(client: KnownClient): OAuthClientInformationMixed {
  return {
    client_id: client.id,
    ...(client.secret === null ? {} : { client_secret: client.secret }),
    ...(client.authMethod === null ? {} : { token_endpoint_auth_method: client.authMethod }),
  };
}

/** Of a service's metadata, what later requests need; it was validated when the person signed in. */
export function endpointsOf(metadata: AuthorizationServerMetadata): ServiceEndpoints {
  // OpenID Connect discovery does not define them, and most providers publish them there as well
  const { revocation_endpoint: revocation, revocation_endpoint_auth_methods_supported: revocationMethods } =
    metadata as { revocation_endpoint?: unknown; revocation_endpoint_auth_methods_supported?: unknown };
  const authMethods = metadata.token_endpoint_auth_methods_supported ?? [];
  return {
    token: metadata.token_endpoint,
    revocation: typeof revocation === 'string' ? revocation : null,
    authMethods,
    revocationAuthMethods: Array.isArray(revocationMethods) ? revocationMethods.map(String) : authMethods,
  };
}

/** A longer life than this is a mistake of the service, and no date of ours could hold it. */
const maxLifeSeconds = 10 * 365 * 24 * 3600;

/** What of a grant a token answer says; a scope that is not said is the one asked for (RFC 6749, 5.1). */
export function readTokens(
  tokens: OAuthTokens,
  askedScopes: string[],
  now: number,
): Pick<Grant, 'scopes' | 'accessToken' | 'refreshToken' | 'obtainedAt' | 'expiresAt'> {
  if (tokens.token_type.toLowerCase() !== 'bearer' || !isHeaderToken(tokens.access_token)) {
    throw new SignInFault(
      'refused',
      'The sign-in service gave a kind of token that ScopeGate cannot use.',
      'Ask whoever runs the service: MCP servers take bearer tokens.',
    );
  }
  const life = tokens.expires_in === undefined ? null : Math.min(Math.max(tokens.expires_in, 0), maxLifeSeconds);
  return {
    scopes: tokens.scope === undefined ? askedScopes : splitScopes(tokens.scope),
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token ?? null,
    obtainedAt: now,
    expiresAt: life === null ? null : now + life * 1000,
  };
}

/** RFC 6750: what a header can carry; anything else could break out of it. */
function isHeaderToken(token: string): boolean {
  return /^[\x21-\x7e]{1,16384}$/.test(token);
}

/** Renews a grant. Rejects with a `SignInFault`: `needed` when the service takes the refresh token no more. */
export async function renewGrant(grant: Grant, ports: DiscoveryPorts, now: () => number): Promise<Grant> {
  const { sdk, guarded } = ports;
  if (grant.refreshToken === null) throw expired(grant);
  try {
    const tokens = await sdk.refreshAuthorization(grant.issuer, {
      metadata: serviceMetadata(grant),
      clientInformation: clientInformation(grant.client),
      refreshToken: grant.refreshToken,
      resource: grant.resource,
      fetchFn: guarded.fetch,
    });
    return { ...grant, ...readTokens(tokens, grant.scopes, now()) };
  } catch (error) {
    throw toTokenFault(error, grant.issuer, ports);
  }
}

function serviceMetadata({ issuer, endpoints }: Grant): AuthorizationServerMetadata {
  return {
    issuer,
    authorization_endpoint: endpoints.token,
    token_endpoint: endpoints.token,
    response_types_supported: ['code'],
    token_endpoint_auth_methods_supported: endpoints.authMethods,
  };
}

export function expired(grant: Grant): SignInFault {
  return new SignInFault(
    'needed',
    `Your sign-in at ${quoteText(hostOf(grant.issuer))} has ended.`,
    'Sign in again at this server.',
  );
}

/** These say that trying again may help; the rest of RFC 6749 5.2 does not go away by itself. */
const passing = new Set(['server_error', 'temporarily_unavailable', 'slow_down', 'too_many_requests']);

/** What a service answered to a token request, in words; only its error's code is quoted, never its text. */
export function toTokenFault(error: unknown, issuer: string, { sdk, guarded }: DiscoveryPorts): SignInFault {
  if (error instanceof SignInFault) return error;
  const name = quoteText(hostOf(issuer));
  const status = guarded.lastStatus() ?? 0;
  const code = error instanceof sdk.OAuthError ? quoteText(String(error.code)).slice(0, 60) : null;
  const isAway = status >= 500 || status === 429 || status === 408;
  if (isAway || code === null || (passing.has(code) && (status < 300 || status >= 500))) {
    const isOdd = !isAway && status < 500;
    return new SignInFault(
      'unavailable',
      `The sign-in service at ${name} ${isOdd ? `gave an answer that cannot be used (${status})` : `has a fault of its own (${status})`}.`,
      'Try again in a moment; sign in again if it stays.',
    );
  }
  return new SignInFault(
    'needed',
    code === 'invalid_grant'
      ? `Your sign-in at ${name} has ended.`
      : `The sign-in service at ${name} refused to give a token (${code}).`,
    'Sign in again at this server.',
  );
}
