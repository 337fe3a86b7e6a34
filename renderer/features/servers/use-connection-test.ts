import { useState } from 'react';
import type { ServerTest, Transport } from '../../../electron/shared/index.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { useCommand } from '../../ui/use-command.ts';

interface ConnectionTest {
  busy: boolean;
  /** Why the test itself could not be run; what it found is in the result. */
  failure: string | null;
  run: (transport: Transport) => Promise<void>;
  /** The result for exactly this connection; another one makes it worthless. */
  resultOf: (transport: Transport | null) => ServerTest | null;
}

/** Tries a connection that is still being edited; in the sandbox of the server it is for. */
export function useConnectionTest(serverId?: string): ConnectionTest {
  const bridge = useBridge();
  const { busy, run, failure } = useCommand({ says: 'here' });
  const [found, setFound] = useState<{ of: string; result: ServerTest } | null>(null);
  return {
    busy,
    failure,
    run: async (transport) => {
      setFound(null);
      await run(async () => {
        const result = await bridge.call('servers.test', {
          transport,
          ...(serverId === undefined ? {} : { id: serverId }),
        });
        setFound({ of: JSON.stringify(transport), result });
      });
    },
    resultOf: (transport) => (transport !== null && found?.of === JSON.stringify(transport) ? found.result : null),
  };
}
