import {
  type LoginRequest,
  loginFragmentPrefix,
  loginReplySchema,
  refusalSchema,
  sessionSecretHeader,
  sessionSecretKey,
} from '../../electron/shared/bridge-socket.ts';

export type LoginResult =
  | { kind: 'in'; secret: string }
  /** `refusal` is null when there was nothing to log in with. */
  | { kind: 'out'; refusal: { message: string; fix: string } | null };

/** Uses the one-time token of the address bar if there is one, else the secret this tab already holds. */
export async function logIn(): Promise<LoginResult> {
  const token = takeLoginToken();
  const held = sessionStorage.getItem(sessionSecretKey);
  if (token === null) return held === null ? { kind: 'out', refusal: null } : { kind: 'in', secret: held };
  const result = await redeem(token);
  // A spent link opened once more in a tab that is logged in changes nothing.
  return result.kind === 'out' && held !== null ? { kind: 'in', secret: held } : result;
}

/** Ends this tab's session on this side; the engine has ended it already. */
export function forgetSession(): void {
  sessionStorage.removeItem(sessionSecretKey);
}

/** Whether the engine still knows the session. `unknown`: it cannot be reached at all. */
export async function probeSession(origin: string, secret: string): Promise<'alive' | 'ended' | 'unknown'> {
  try {
    const reply = await fetch(`${origin}/session`, { headers: { [sessionSecretHeader]: secret }, cache: 'no-store' });
    if (reply.status === 401) return 'ended';
    return reply.ok ? 'alive' : 'unknown';
  } catch {
    return 'unknown';
  }
}

/** The token leaves the address bar and the history at once, whatever becomes of it. */
function takeLoginToken(): string | null {
  const { hash } = window.location;
  if (!hash.startsWith(loginFragmentPrefix)) return null;
  history.replaceState(null, '', window.location.pathname);
  return hash.slice(loginFragmentPrefix.length);
}

async function redeem(token: string): Promise<LoginResult> {
  try {
    const body: LoginRequest = { token };
    const reply = await fetch('/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const content: unknown = await reply.json();
    if (!reply.ok) return { kind: 'out', refusal: refusalSchema.parse(content) };
    const { secret } = loginReplySchema.parse(content);
    sessionStorage.setItem(sessionSecretKey, secret);
    return { kind: 'in', secret };
  } catch {
    return {
      kind: 'out',
      refusal: {
        message: 'The login did not get through.',
        fix: 'Check that ScopeGate is running, then use a new link.',
      },
    };
  }
}
