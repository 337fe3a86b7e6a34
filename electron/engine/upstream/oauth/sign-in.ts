import { randomBytes } from 'node:crypto';
import { refuseUrl } from './address-rules.ts';
import type { Challenge, Grant, KnownClient, SignInRecord } from './contract.ts';
import { type Discovery, type DiscoveryPorts, discover, hostOf } from './discover.ts';
import { findClient } from './find-client.ts';
import { type LoopbackRedirect, openLoopbackRedirect } from './loopback-redirect.ts';
import { quoteText, SignInFault } from './sign-in-fault.ts';
import { clientInformation, endpointsOf, readTokens, toTokenFault } from './token-request.ts';

export interface SignInPlan {
  server: URL;
  challenge: Challenge;
  record: SignInRecord | null;
  /** Ends the sign-in wherever it is. */
  signal: AbortSignal;
}

export interface SignInPorts extends DiscoveryPorts {
  now(): number;
  /** Milliseconds the person has in the browser. */
  patienceMs: number;
}

/** A sign-in that waits for the browser. */
export interface OpenSignIn {
  /** What the browser has to open: https, or this machine's own for a server on this machine. */
  url: string;
  /** What the person granted. Rejects with a `SignInFault`; the page the browser shows says which of the two. */
  granted: Promise<Grant>;
  /** To be called when the grant was kept or not: tells the browser, and closes the redirect's listener. */
  finish(isDone: boolean): Promise<void>;
}

/** Everything before the browser: who signs people in, who we are there, where the answer comes in. */
export async function openSignIn(plan: SignInPlan, ports: SignInPorts): Promise<OpenSignIn> {
  const { server, record } = plan;
  const found = await discover(server, plan.challenge, ports);
  const scopes = chooseScopes(plan, found);
  const state = randomBytes(32).toString('base64url');
  const redirect = await openRedirect(state, record);
  try {
    const scope = scopes.length === 0 ? undefined : scopes.join(' ');
    const client = await findClient(
      {
        metadata: found.metadata,
        entered: record?.entered ?? null,
        last: record?.grant ?? null,
        redirectUrl: redirect.url,
        redirectPort: redirect.port,
        scopes,
      },
      ports,
    );
    const { authorizationUrl, codeVerifier } = await ports.sdk.startAuthorization(found.metadata.issuer, {
      metadata: found.metadata,
      clientInformation: clientInformation(client),
      redirectUrl: redirect.url,
      state,
      resource: found.resource,
      ...(scope === undefined ? {} : { scope }),
    });
    const refusal = refuseUrl(authorizationUrl, server);
    if (refusal !== null)
      throw new SignInFault('refused', `The sign-in page is not opened: ${refusal}.`, 'Do not sign in.');
    const attempt: Attempt = { found, client, scopes, codeVerifier, redirect };
    return {
      url: authorizationUrl.href,
      granted: takeGrant(attempt, plan.signal, ports),
      finish: (isDone) => redirect.finish(isDone),
    };
  } catch (error) {
    await redirect.close();
    throw error;
  }
}

/** One run: what was sent to the browser, and what its answer is checked against. */
interface Attempt {
  found: Discovery;
  client: KnownClient;
  scopes: string[];
  codeVerifier: string;
  redirect: LoopbackRedirect;
}

async function openRedirect(state: string, record: SignInRecord | null): Promise<LoopbackRedirect> {
  const fixed = record?.entered?.redirectPort ?? null;
  try {
    // services that compare the port know a registered client by the one it had
    return await openLoopbackRedirect(state, fixed ?? record?.grant?.redirectPort ?? null, fixed !== null);
  } catch {
    throw new SignInFault(
      'refused',
      `The port ${fixed} for signing in is taken by another program.`,
      'End that program, or enter another port for the client of this server.',
    );
  }
}

/**
 * What the challenge names, else all the server knows; with what was asked for before, so that more rights never cost
 * earlier ones. `offline_access` where the service offers it: without it many give no way to renew.
 */
function chooseScopes({ challenge, record }: SignInPlan, { metadata, scopesSupported }: Discovery): string[] {
  const last = record?.grant?.issuer === metadata.issuer ? record.grant : null;
  const before = challenge.status === 403 && last !== null ? [...last.requestedScopes, ...last.scopes] : [];
  const wanted = challenge.scopes.length > 0 ? challenge.scopes : (scopesSupported ?? []);
  const scopes = [...new Set([...before, ...wanted])];
  const offersRenewal = metadata.scopes_supported?.includes('offline_access') ?? false;
  if (scopes.length > 0 && offersRenewal && !scopes.includes('offline_access')) scopes.push('offline_access');
  return scopes;
}

async function takeGrant(attempt: Attempt, signal: AbortSignal, ports: SignInPorts): Promise<Grant> {
  const { found, client, redirect } = attempt;
  const params = await withPatience(redirect.received, ports.patienceMs, signal);
  const code = readCode(params, attempt, ports);
  try {
    const iss = params.get('iss');
    const tokens = await ports.sdk.exchangeAuthorization(found.metadata.issuer, {
      metadata: found.metadata,
      clientInformation: clientInformation(client),
      authorizationCode: code,
      ...(iss === null ? {} : { iss }),
      codeVerifier: attempt.codeVerifier,
      redirectUri: redirect.url,
      resource: found.resource,
      fetchFn: ports.guarded.fetch,
    });
    return {
      issuer: found.metadata.issuer,
      resource: found.resource,
      client,
      redirectPort: redirect.port,
      endpoints: endpointsOf(found.metadata),
      requestedScopes: attempt.scopes,
      ...readTokens(tokens, attempt.scopes, ports.now()),
    };
  } catch (error) {
    throw toTokenFault(error, found.metadata.issuer, ports);
  }
}

/** RFC 9207 first: what another service sent is neither believed nor shown, its error texts included. */
function readCode(params: URLSearchParams, { found }: Attempt, { sdk }: SignInPorts): string {
  const { metadata } = found;
  const name = quoteText(hostOf(metadata.issuer));
  try {
    sdk.validateAuthorizationResponseIssuer({
      iss: params.get('iss') ?? undefined,
      expectedIssuer: metadata.issuer,
      issParameterSupported: metadata.authorization_response_iss_parameter_supported === true,
    });
  } catch {
    throw new SignInFault(
      'refused',
      `The answer in the browser did not come from ${name}, where you were sent to sign in.`,
      'Nothing was sent on. Try again; do not use this server if it happens again.',
    );
  }
  const error = params.get('error');
  if (error === 'access_denied') {
    throw new SignInFault('needed', `${name} gave no permission.`, 'Sign in again if that was not meant.');
  }
  const codes = params.getAll('code');
  const [code] = codes;
  if (error !== null || codes.length !== 1 || !code || params.getAll('iss').length > 1) {
    const why = error === null ? 'its answer holds no code' : quoteText(error).slice(0, 60);
    throw new SignInFault('needed', `Signing in at ${name} did not work: ${why}.`, 'Try again.');
  }
  return code;
}

function withPatience<T>(work: Promise<T>, patienceMs: number, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (kind: 'needed' | 'cancelled', message: string) => {
      settle();
      reject(new SignInFault(kind, message, 'Start again when you like.'));
    };
    const onAbort = () => end('cancelled', 'Signing in was cancelled.');
    const minutes = Math.max(1, Math.round(patienceMs / 60_000));
    const timer = setTimeout(() => end('needed', `Nobody signed in within ${minutes} min.`), patienceMs);
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then((value) => {
      settle();
      resolve(value);
    }, reject);
  });
}
