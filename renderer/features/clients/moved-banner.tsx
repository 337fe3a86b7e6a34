import { makeVisibleLine } from '../../lib/visible-text.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import type { ClientChoice } from './client-picker.tsx';
import { useClients } from './use-clients.ts';

/** A client whose settings still lead to the address before the port was moved; nothing while there is none. */
export function MovedBanner({ onUpdate }: { onUpdate: (choice: ClientChoice) => void }) {
  const clients = useClients().data?.clients ?? [];
  const moved = clients.flatMap((client) =>
    client.connections
      .filter(({ isMoved }) => isMoved)
      .map(({ agentName, project }) => ({ agentName, choice: { clientId: client.id, project } })),
  );
  const [first] = moved;
  if (first === undefined) return null;
  return (
    <Banner
      tone="fault"
      title={`${makeVisibleLine(first.agentName)} still calls the address ScopeGate had before.`}
      actions={<Button onClick={() => onUpdate(first.choice)}>Update its settings…</Button>}
    >
      Its calls do not arrive. {moved.length > 1 && `So it is with ${moved.length - 1} more.`}
    </Banner>
  );
}
