import { SignInFault } from './sign-in-fault.ts';

/** The client functions of the SDK that sign people in. */
export type OAuthSdk = Pick<
  typeof import('@modelcontextprotocol/client'),
  | 'checkResourceAllowed'
  | 'computeScopeUnion'
  | 'discoverAuthorizationServerMetadata'
  | 'discoverOAuthProtectedResourceMetadata'
  | 'exchangeAuthorization'
  | 'IssuerMismatchError'
  | 'isStrictScopeSuperset'
  | 'OAuthError'
  | 'refreshAuthorization'
  | 'registerClient'
  | 'RegistrationRejectedError'
  | 'selectClientAuthMethod'
  | 'startAuthorization'
  | 'validateAuthorizationResponseIssuer'
>;

let loading: Promise<OAuthSdk> | null = null;

/** Loaded when a person first signs in or a token is renewed: it is large, and wants a newer runtime than everything else. */
export function loadSdk(): Promise<OAuthSdk> {
  loading ??= import('@modelcontextprotocol/client').catch((error: unknown) => {
    loading = null;
    const reason = error instanceof Error ? error.message : 'unknown';
    throw new SignInFault(
      'unavailable',
      `Signing in needs a part of ScopeGate that does not run here (${reason.slice(0, 120)}).`,
      'Update ScopeGate, or give this server a token as a credential.',
    );
  });
  return loading;
}
