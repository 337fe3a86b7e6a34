import type { BesideServer } from '../../../electron/shared/index.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { useCommand } from '../../ui/use-command.ts';
import type { ClientChoice } from './client-picker.tsx';
import { useClients } from './use-clients.ts';

/** A server that came into a connected client's settings past ScopeGate; nothing while there is none. */
export function BesideBanner({ onRoute }: { onRoute: (choice: ClientChoice) => void }) {
  const beside = useClients().data?.beside ?? [];
  const [first] = beside;
  return first === undefined ? null : <Beside server={first} more={beside.length - 1} onRoute={onRoute} />;
}

interface BesideProps {
  server: BesideServer;
  more: number;
  onRoute: (choice: ClientChoice) => void;
}

function Beside({ server, more, onRoute }: BesideProps) {
  const bridge = useBridge();
  const { busy, run } = useCommand();
  const others = more === 0 ? '' : ` ${more} more came with it.`;
  return (
    <Banner
      tone="ask"
      icon="servers"
      title={`${makeVisibleLine(server.name)} was added to ${server.clientName} beside ScopeGate.`}
      actions={
        <>
          <Button onClick={() => onRoute({ clientId: server.clientId, project: server.project })}>Bring it in…</Button>
          <Button disabled={busy} onClick={() => void run(() => bridge.call('clients.dismiss', { key: server.key }))}>
            Leave it
          </Button>
        </>
      }
    >
      Its calls are neither decided nor written down here.{others}
    </Banner>
  );
}
