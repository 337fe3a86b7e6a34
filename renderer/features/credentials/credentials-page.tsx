import { useState } from 'react';
import { Link, useLocation, useRoute } from 'wouter';
import type { CredentialView, VaultStatus } from '../../../electron/shared/index.ts';
import { Banners } from '../../frame/banners.tsx';
import { countOf } from '../../lib/format.ts';
import { useEngineStore } from '../../state/engine-context.tsx';
import { selectIsInStep } from '../../state/selectors.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState, LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { CallPane } from '../live/call-pane.tsx';
import { UnlockCard } from '../vault/unlock-card.tsx';
import { VaultView } from '../vault/vault-view.tsx';
import { AddCredentialDialog } from './add-credential-dialog.tsx';
import { CredentialPane } from './credential-pane.tsx';
import { CredentialTable } from './credential-table.tsx';
import '../vault/vault.css';
import './credentials.css';

/** Credentials, without their values, and the vault they are kept in. Routes `/credentials`, `/credentials/:id`, `/credentials/:id/call/:call` and `/credentials/vault`. */
export function CredentialsPage() {
  const [location, navigate] = useLocation();
  const [isAdding, setIsAdding] = useState(false);
  const vault = useEngineStore((state) => state.vault);
  const isInStep = useEngineStore(selectIsInStep);
  const isVault = location.startsWith('/credentials/vault');
  const canAdd = isInStep && vault !== null && (vault.state === 'unlocked' || vault.state === 'empty');
  return (
    <>
      <header className="bar">
        <h1>Credentials</h1>
        <span className="grow" />
        <Button
          variant={isVault ? 'outline' : 'primary'}
          icon="plus"
          disabled={!canAdd}
          onClick={() => setIsAdding(true)}
        >
          Add a credential…
        </Button>
      </header>
      <Banners />
      {vault !== null && <Unprotected vault={vault} isOnVault={isVault} />}
      <nav className="tabs policy-tabs" aria-label="Parts of credentials">
        <Link href="/credentials" aria-current={isVault ? undefined : 'page'}>
          Credentials
        </Link>
        <Link href="/credentials/vault" aria-current={isVault ? 'page' : undefined}>
          Vault
        </Link>
      </nav>
      {vault === null ? (
        <Waiting />
      ) : isVault ? (
        <VaultView vault={vault} />
      ) : (
        <List vault={vault} onAdd={() => setIsAdding(true)} />
      )}
      {isAdding && (
        <AddCredentialDialog
          onAdded={(credential) => navigate(`/credentials/${credential.id}`)}
          onClose={() => setIsAdding(false)}
        />
      )}
    </>
  );
}

/** Said in red and on every part of the page: nothing here protects a key by itself. */
function Unprotected({ vault, isOnVault }: { vault: VaultStatus; isOnVault: boolean }) {
  if (vault.weak === null || vault.protection === 'passphrase') return null;
  return (
    <Banner
      tone="block"
      icon="fault"
      title={vault.weak}
      actions={isOnVault ? undefined : <Link href="/credentials/vault">Choose a passphrase</Link>}
    >
      Nothing is kept without protection: choose a passphrase first. References to variables, files and 1Password work
      without one.
    </Banner>
  );
}

function Waiting() {
  const phase = useEngineStore((state) => state.phase);
  const failure = useEngineStore((state) => state.failure);
  if (phase !== 'failed' || failure === null) return <Skeleton label="Loading credentials" />;
  return (
    <LoadError
      title="The credentials could not be read"
      detail={`${failure.message} ${failure.fix}`.trim()}
      stillWorks="Calls are decided as before."
      onRetry={() => window.location.reload()}
    />
  );
}

function List({ vault, onAdd }: { vault: VaultStatus; onAdd: () => void }) {
  const [, navigate] = useLocation();
  const [, atOne] = useRoute('/credentials/:id');
  const [, atCall] = useRoute('/credentials/:id/call/:call');
  const credentials = useEngineStore((state) => state.credentials);
  const selected = credentials.find(({ id }) => id === (atOne ?? atCall)?.id);
  const isShut = vault.state === 'locked' || vault.state === 'broken';
  return (
    <>
      <div className="body cred-body">
        <section className="pane" aria-label="Credentials">
          {isShut && <UnlockCard vault={vault} />}
          {credentials.length === 0 ? (
            <NoCredentials isShut={isShut} onAdd={onAdd} />
          ) : (
            <CredentialTable credentials={byName(credentials)} selectedId={selected?.id ?? null} />
          )}
        </section>
        {selected !== undefined && atCall !== null && (
          <CallPane id={decodeURIComponent(atCall.call)} onClose={() => navigate(`/credentials/${selected.id}`)} />
        )}
        {selected !== undefined && atCall === null && (
          <CredentialPane key={selected.id} credential={selected} onClose={() => navigate('/credentials')} />
        )}
      </div>
      <footer className="foot">
        <span>{countOf(credentials.length, 'credential')}</span>
        <span>Values are never shown, only replaced</span>
      </footer>
    </>
  );
}

function NoCredentials({ isShut, onAdd }: { isShut: boolean; onAdd: () => void }) {
  if (isShut) return null;
  return (
    <EmptyState title="No credential is kept yet" action={<Button onClick={onAdd}>Add a credential…</Button>}>
      Tokens and keys of your servers, put in when a call is let through. Agents and their configuration files never
      hold them.
    </EmptyState>
  );
}

function byName(credentials: readonly CredentialView[]): CredentialView[] {
  return credentials.toSorted((a, b) => a.name.localeCompare(b.name));
}
