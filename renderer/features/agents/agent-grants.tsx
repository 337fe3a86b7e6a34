import type { AgentView, GrantView } from '../../../electron/shared/index.ts';
import { formatCountdown } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { RawText } from '../../ui/raw-text.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useCommand } from '../../ui/use-command.ts';

const shorterMs = [
  { label: 'End in 5 minutes', ms: 5 * 60_000 },
  { label: 'End in 15 minutes', ms: 15 * 60_000 },
  { label: 'End in 1 hour', ms: 60 * 60_000 },
] as const;

/** Remembered approvals of one agent, each with its end; they can be shortened or ended, never extended. */
export function AgentGrants({ agent }: { agent: AgentView }) {
  const all = useEngineStore((state) => state.approvalState?.grants);
  const grants = all?.filter((grant) => grant.agentId === agent.id) ?? [];
  if (grants.length === 0) return null;
  return (
    <section className="agent-band" aria-label="Live grants">
      <div className="lab">Live grants</div>
      <ul>
        {grants.map((grant) => (
          <GrantRow key={grant.id} grant={grant} />
        ))}
      </ul>
    </section>
  );
}

function GrantRow({ grant }: { grant: GrantView }) {
  const bridge = useBridge();
  const toast = useToast();
  const { busy, run } = useCommand();
  const end = async (): Promise<void> => {
    const isDone = await run(() => bridge.call('approvals.endGrant', { id: grant.id }));
    if (isDone) toast({ text: 'Ended: such calls ask again' });
  };
  const shorten = (ms: number): void =>
    void run(() => bridge.call('approvals.shortenGrant', { id: grant.id, expiresAt: Date.now() + ms }));
  const shorter = shorterMs.filter(({ ms }) => grant.expiresAt === null || grant.expiresAt > Date.now() + ms);
  return (
    <li>
      <span className="cut" title={grant.sentence}>
        <RawText text={grant.sentence} />
      </span>
      <GrantEnd grant={grant} />
      <span className="hs">
        {shorter.length > 0 && (
          <Menu trigger={<IconButton icon="clock" label="End earlier" small ghost disabled={busy} />}>
            {shorter.map(({ label, ms }) => (
              <MenuItem key={ms} onSelect={() => shorten(ms)}>
                {label}
              </MenuItem>
            ))}
          </Menu>
        )}
        <Button small busy={busy} onClick={() => void end()}>
          End now
        </Button>
      </span>
    </li>
  );
}

function GrantEnd({ grant }: { grant: GrantView }) {
  const now = useNow(1000, grant.expiresAt !== null);
  if (grant.expiresAt !== null) return <span className="num t2">ends in {formatCountdown(grant.expiresAt - now)}</span>;
  return <span className="num t2">{grant.untilQuit ? 'ends when you quit' : 'until you end it'}</span>;
}
