import { useEffect, useState } from 'react';
import type { CredentialView } from '../../../electron/shared/index.ts';
import { formatMoment } from '../../lib/format.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { useEngineStore } from '../../state/engine-context.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { KvList } from '../../ui/kv-list.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { SignInSection } from '../servers/sign-in-section.tsx';
import { BindDialog } from './bind-dialog.tsx';
import { BindingList } from './binding-list.tsx';
import { describeCredential, describeSource, kindWords } from './credential-words.ts';
import { RemoveDialog } from './remove-dialog.tsx';
import { RenameField } from './rename-field.tsx';
import { ReplaceDialog } from './replace-dialog.tsx';
import { UsesLedger } from './uses-ledger.tsx';

type Open = 'replace' | 'bind' | 'remove' | null;

interface CredentialPaneProps {
  credential: CredentialView;
  onClose: () => void;
}

/** One credential: what is wrong with it, where it is used, by whom, and what can be done. Its value is not part of it. */
export function CredentialPane({ credential, onClose }: CredentialPaneProps) {
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  useEscape(open === null ? onClose : null);
  const { tone, icon, word } = describeCredential(credential);
  const isSignIn = credential.kind === 'oauth2';
  return (
    <aside className="detail cred-pane" aria-label={credential.name}>
      <header className="dh">
        <div className="hs">
          <RenameField credential={credential} />
          <span className="grow" />
          <IconButton icon="x" label="Close" ghost small onClick={onClose} />
        </div>
        <StateWord tone={tone} icon={icon} word={word} />
      </header>
      <div className="db">
        {credential.problem !== null && (
          <p className="cred-problem">
            {makeVisibleLine(credential.problem.message)}{' '}
            <span className="t2">{makeVisibleLine(credential.problem.fix)}</span>
          </p>
        )}
        <Facts credential={credential} />
        <section aria-label="Used for">
          <h3 className="lab">Used for</h3>
          <BindingList credential={credential} />
        </section>
        {isSignIn && <SignInOf credential={credential} />}
        <section aria-label="Ledger">
          <h3 className="lab">Ledger</h3>
          <UsesLedger key={credential.id} credential={credential} />
        </section>
      </div>
      <footer className="da">
        {!isSignIn && <Button onClick={() => setOpen('replace')}>Replace…</Button>}
        {!isSignIn && <Button onClick={() => setOpen('bind')}>Use for…</Button>}
        <span className="grow" />
        <Button variant="danger" onClick={() => setOpen('remove')}>
          Remove…
        </Button>
      </footer>
      {open === 'replace' && <ReplaceDialog credential={credential} onClose={close} />}
      {open === 'bind' && <BindDialog credential={credential} onClose={close} />}
      {open === 'remove' && <RemoveDialog credential={credential} onRemoved={onClose} onCancel={close} />}
    </aside>
  );
}

function Facts({ credential }: { credential: CredentialView }) {
  const now = useEngineStore((state) => state.lastHeardAt) ?? credential.createdAt;
  const { oauth } = credential;
  return (
    <KvList
      items={[
        ['Kind', kindWords[credential.kind]],
        ['User name', credential.username === null ? null : makeVisibleLine(credential.username)],
        ['Value', describeSource(credential.source)],
        ['Added', formatMoment(credential.createdAt, now)],
        ['Replaced', credential.rotatedAt === null ? null : formatMoment(credential.rotatedAt, now)],
        ['Signed in at', oauth === null ? null : makeVisibleLine(oauth.issuer)],
        ['Scopes', oauth === null || oauth.scopes.length === 0 ? null : makeVisibleLine(oauth.scopes.join(' '))],
      ]}
    />
  );
}

function SignInOf({ credential }: { credential: CredentialView }) {
  const serverId = credential.bindings[0]?.serverId;
  const server = useEngineStore((state) => state.servers.find(({ id }) => id === serverId));
  return server === undefined ? null : <SignInSection server={server} />;
}

/** Esc goes one step out: first whatever lies over the pane, then the pane. */
function useEscape(onEscape: (() => void) | null): void {
  useEffect(() => {
    if (onEscape === null) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      if (document.querySelector('[role=dialog], [role=alertdialog], [role=menu]') !== null) return;
      onEscape();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [onEscape]);
}
