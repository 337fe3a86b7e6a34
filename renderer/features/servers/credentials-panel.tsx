import { useState } from 'react';
import { Link } from 'wouter';
import type { CredentialBinding, CredentialView, ServerView } from '../../../electron/shared/index.ts';
import { useEngineStore } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { AddCredentialDialog } from '../credentials/add-credential-dialog.tsx';
import { describeCredential, nameOf, previewPlacement } from '../credentials/credential-words.ts';
import { SignInSection } from './sign-in-section.tsx';
import '../credentials/credentials.css';

/** What this server is given with its calls, and signing in there. */
export function CredentialsPanel({ server }: { server: ServerView }) {
  const credentials = useEngineStore((state) => state.credentials);
  const vault = useEngineStore((state) => state.vault?.state ?? 'empty');
  const [isAdding, setIsAdding] = useState(false);
  const uses = credentials.flatMap((credential) =>
    credential.bindings.filter(({ serverId }) => serverId === server.id).map((binding) => ({ credential, binding })),
  );
  const isShut = vault === 'locked' || vault === 'broken';
  return (
    <div className="secs">
      {isShut && (
        <p>
          <StateWord tone="ask" icon="lock" word="The vault is locked" /> <Link href="/credentials">Unlock it</Link>
        </p>
      )}
      <section aria-label="Credentials of this server">
        <div className="lab">Sent with its calls</div>
        {uses.length === 0 ? (
          <p className="t3">No credential is used with {server.name}.</p>
        ) : (
          <ul className="bindings">
            {uses.map(({ credential, binding }) => (
              <UseRow key={binding.id} credential={credential} binding={binding} />
            ))}
          </ul>
        )}
      </section>
      <div>
        <Button disabled={isShut} onClick={() => setIsAdding(true)}>
          Add a credential…
        </Button>
      </div>
      {server.transport.kind === 'http' && (
        <div>
          <div className="lab">Sign-in with the browser (OAuth)</div>
          <SignInSection server={server} />
        </div>
      )}
      {isAdding && (
        <AddCredentialDialog serverId={server.id} onAdded={() => undefined} onClose={() => setIsAdding(false)} />
      )}
    </div>
  );
}

function UseRow({ credential, binding }: { credential: CredentialView; binding: CredentialBinding }) {
  const agents = useEngineStore((state) => state.agents);
  const { tone, icon, word } = describeCredential(credential);
  return (
    <li className="binding">
      <div className="hs">
        <Link href={`/credentials/${credential.id}`}>{credential.name}</Link>
        <span className="t3">
          {binding.agentId === null ? 'for every agent' : `for ${nameOf(agents, binding.agentId)} alone`}
        </span>
        <StateWord tone={tone} icon={icon} word={word} />
      </div>
      <code className="sent-line">{previewPlacement(binding.placement, credential.username)}</code>
      {binding.inactive !== null && <span className="t2">{binding.inactive}</span>}
    </li>
  );
}
