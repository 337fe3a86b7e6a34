import { useState } from 'react';
import { Link } from 'wouter';
import type { ServerSignIn, ServerView } from '../../../electron/shared/index.ts';
import { formatMoment } from '../../lib/format.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { Button } from '../../ui/button.tsx';
import { CopyLink } from '../../ui/copy-link.tsx';
import { KvList } from '../../ui/kv-list.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { SignInClientDialog } from './sign-in-client-dialog.tsx';
import { describeSignIn } from './sign-in-words.ts';
import { useSignIn } from './use-sign-in.ts';

const neverAsked: ServerSignIn = {
  state: 'none',
  service: null,
  scopes: [],
  expiresAt: null,
  renewable: false,
  message: null,
  fix: null,
  since: null,
};

/** Signing in at a server with the browser: where it stands, one click further, what went wrong and what to do. */
export function SignInSection({ server }: { server: ServerView }) {
  const signIn = server.signIn ?? neverAsked;
  const look = describeSignIn(signIn);
  const desk = useSignIn(server);
  const [isEnteringClient, setEnteringClient] = useState(false);
  const act = { 'sign-in': desk.signIn, cancel: desk.cancel, 'sign-out': desk.signOut } as const;
  const { action } = look;
  return (
    <section className="sign-in" aria-label="Sign-in">
      <div className="hs" role="status">
        <StateWord tone={look.tone} icon={look.icon} word={look.word} />
      </div>
      {signIn.message !== null && (
        <p>
          {makeVisibleLine(signIn.message)}{' '}
          {signIn.fix !== null && <span className="t2">{makeVisibleLine(signIn.fix)}</span>}
        </p>
      )}
      {signIn.state === 'locked' && <Link href="/credentials">Unlock the vault first</Link>}
      {signIn.state === 'signing_in' && desk.url !== null && (
        <p className="sign-in-url">
          No browser could be opened. Open this address in one on this machine: <code>{desk.url}</code>{' '}
          <CopyLink text={desk.url} label="Copy address" />
        </p>
      )}
      <KvList
        items={[
          ['Service', signIn.service === null ? null : makeVisibleLine(signIn.service)],
          ['Scopes', signIn.scopes.length === 0 ? null : makeVisibleLine(signIn.scopes.join(' '))],
          ['Valid until', validUntil(signIn)],
        ]}
      />
      <div className="hs">
        {action !== null && (
          <Button
            variant={signIn.state === 'needed' ? 'primary' : 'outline'}
            busy={desk.busy}
            onClick={() => void act[action]()}
          >
            {look.label}
          </Button>
        )}
        <Button variant="ghost" onClick={() => setEnteringClient(true)}>
          Client…
        </Button>
      </div>
      {isEnteringClient && <SignInClientDialog server={server} onClose={() => setEnteringClient(false)} />}
    </section>
  );
}

function validUntil({ state, expiresAt, renewable }: ServerSignIn): string | null {
  if (state !== 'signed_in') return null;
  if (renewable) return 'renewed by itself';
  return expiresAt === null ? 'the service did not say' : formatMoment(expiresAt, Date.now());
}
