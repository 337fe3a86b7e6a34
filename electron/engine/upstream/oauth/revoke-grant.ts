import type { Grant } from './contract.ts';
import type { DiscoveryPorts } from './discover.ts';
import { clientInformation } from './token-request.ts';

/**
 * RFC 7009: tells the service that the tokens are not needed any more, the refresh token first, because revoking it may
 * take the other with it. False where it offers no revocation or did not take it; nothing depends on it.
 */
export async function revokeGrant(grant: Grant, { sdk, guarded }: DiscoveryPorts): Promise<boolean> {
  const { revocation } = grant.endpoints;
  if (revocation === null) return false;
  const tokens = [
    [grant.refreshToken, 'refresh_token'],
    [grant.accessToken, 'access_token'],
  ] as const;
  let isRevoked = true;
  for (const [token, hint] of tokens) {
    if (!token) continue;
    const form = new URLSearchParams({ token, token_type_hint: hint });
    const headers = authenticate(grant, form, sdk);
    try {
      const answer = await guarded.fetch(revocation, { method: 'POST', headers, body: form });
      // a service need not revoke access tokens by themselves
      if (!answer.ok && hint === 'refresh_token') isRevoked = false;
    } catch {
      return false;
    }
  }
  return isRevoked;
}

function authenticate(grant: Grant, form: URLSearchParams, sdk: DiscoveryPorts['sdk']): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' };
  const { id, secret } = grant.client;
  const method = sdk.selectClientAuthMethod(clientInformation(grant.client), grant.endpoints.revocationAuthMethods);
  if (method === 'client_secret_basic' && secret !== null) {
    const pair = `${encodeURIComponent(id)}:${encodeURIComponent(secret)}`;
    headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
    return headers;
  }
  form.set('client_id', id);
  if (method === 'client_secret_post' && secret !== null) form.set('client_secret', secret);
  return headers;
}
