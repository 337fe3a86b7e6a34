import { Link } from 'wouter';
import type { CredentialBinding, CredentialView } from '../../../electron/shared/index.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { nameOf, previewPlacement, targetOfServer } from './credential-words.ts';

/** Where a credential goes: server, for whom, and what is sent; each can be confirmed or taken away. */
export function BindingList({ credential }: { credential: CredentialView }) {
  if (credential.bindings.length === 0) {
    return <p className="t3">Nothing yet. Use it for a server, and its calls carry it.</p>;
  }
  return (
    <ul className="bindings">
      {credential.bindings.map((binding) => (
        <BindingRow key={binding.id} credential={credential} binding={binding} />
      ))}
    </ul>
  );
}

function BindingRow({ credential, binding }: { credential: CredentialView; binding: CredentialBinding }) {
  const bridge = useBridge();
  const toast = useToast();
  const { busy, run } = useCommand();
  const server = useEngineStore((state) => state.servers.find(({ id }) => id === binding.serverId));
  const agents = useEngineStore((state) => state.agents);
  const { id } = credential;
  const { serverId, agentId, placement } = binding;
  const name = server?.name ?? serverId;
  const unbind = async (): Promise<void> => {
    const isDone = await run(() => bridge.call('credentials.unbind', { id, bindingId: binding.id }));
    if (!isDone) return;
    const undo = (): void => void run(() => bridge.call('credentials.bind', { id, serverId, agentId, placement }));
    toast({ text: `${name} no longer gets ${credential.name}`, undo });
  };
  const confirm = (boundTo: string) =>
    run(() => bridge.call('credentials.confirm', { id, bindingId: binding.id, boundTo }));
  return (
    <li className="binding">
      <div className="hs">
        <span className="grow cut">
          <Link href={`/servers/${serverId}`}>{name}</Link>{' '}
          <span className="t3">{agentId === null ? 'for every agent' : `for ${nameOf(agents, agentId)} alone`}</span>
        </span>
        {credential.kind !== 'oauth2' && (
          <IconButton
            icon="x"
            label={`Stop using it for ${name}`}
            ghost
            small
            disabled={busy}
            onClick={() => void unbind()}
          />
        )}
      </div>
      <code className="sent-line">{previewPlacement(placement, credential.username)}</code>
      <span className="t3 f12">to {binding.boundTo}</span>
      {binding.inactive !== null && (
        <div className="binding-inactive">
          <StateWord tone="ask" icon="hand" word="Not used" /> <span className="t2">{binding.inactive}</span>
          {server !== undefined && (
            <Button small busy={busy} onClick={() => void confirm(targetOfServer(server))}>
              Confirm {targetOfServer(server)}
            </Button>
          )}
        </div>
      )}
    </li>
  );
}
