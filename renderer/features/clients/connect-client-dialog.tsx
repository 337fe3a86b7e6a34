import { useState } from 'react';
import type { AgentView } from '../../../electron/shared/index.ts';
import { useEngineStore } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { type ClientChoice, ClientPicker, suggestClient } from './client-picker.tsx';
import { ConnectChange, ConnectedState } from './connect-parts.tsx';
import { useClients } from './use-clients.ts';
import { freeAgentName, useConnect } from './use-connect.ts';

interface ConnectClientDialogProps {
  start: ClientChoice | null;
  onConnected: (agent: AgentView) => void;
  onClose: () => void;
}

/** Writes ScopeGate's entry into a client's file after the person has seen the change, and waits for the client. */
export function ConnectClientDialog({ start, onConnected, onClose }: ConnectClientDialogProps) {
  const { data, error, retry } = useClients();
  const names = useEngineStore((state) => state.agents).map(({ name }) => name);
  const [choice, setChoice] = useState<ClientChoice | null>(start);
  const chosen = choice ?? (data ? suggestClient(data.clients) : null);
  const client = data?.clients.find(({ id }) => id === chosen?.clientId);
  const handle = useConnect(chosen);
  const isDone = handle.connected !== null;
  const connect = async () => {
    if (client === undefined) return;
    // what is suggested changes with what is connected
    setChoice(chosen);
    const made = await handle.connect(freeAgentName(client.name, names), 'ask');
    if (made !== null) onConnected(made.agent);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={isDone && client ? `${client.name} is set up` : 'Connect an installed client'}
      footer={
        <>
          <span className="grow" />
          {isDone ? (
            <Button variant={handle.isSeen ? 'primary' : 'outline'} onClick={onClose}>
              Done
            </Button>
          ) : (
            <>
              <Button onClick={onClose}>Cancel</Button>
              <Button
                variant="primary"
                busy={handle.busy}
                disabled={handle.preview === undefined || handle.refusal !== null}
                onClick={() => void connect()}
              >
                Write and connect
              </Button>
            </>
          )}
        </>
      }
    >
      {data === undefined ? (
        error ? (
          <LoadError
            title="The clients could not be listed"
            detail={`${error.message} ${error.fix}`}
            stillWorks="Agents can be connected by hand."
            onRetry={retry}
          />
        ) : (
          <Skeleton label="Looking for clients" />
        )
      ) : isDone && client ? (
        <ConnectedState client={client} handle={handle} />
      ) : (
        <>
          <ClientPicker
            label="Client"
            clients={data.clients}
            choice={chosen}
            onChange={(next) => {
              setChoice(next);
              handle.setTakeOut(null);
            }}
          />
          {client && chosen?.project !== '' && <ConnectChange client={client} handle={handle} />}
        </>
      )}
      <FormFailure text={handle.failure} />
    </Dialog>
  );
}
