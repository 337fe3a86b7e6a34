import type { ServerView, Transport } from '../../../electron/shared/index.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { deriveServerId } from './derive-server-id.ts';

/** Adds a planned server under a name; its id is made from the name and taken by no other. */
export function useAddedServer(): (name: string, transport: Transport) => Promise<ServerView> {
  const bridge = useBridge();
  const taken = useEngineStore((state) => state.servers).map((server) => server.id);
  return (name, transport) => {
    const shown = name.trim().slice(0, 60) || 'Server';
    const id = deriveServerId(shown, taken);
    return bridge.call('servers.add', { id, name: shown, transport, trusted: false });
  };
}
