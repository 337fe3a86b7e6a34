import type { GrantView } from '../../../electron/shared/index.ts';
import { formatCountdown } from '../../lib/format.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { RawText } from '../../ui/raw-text.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { offerShorterEnds } from './shorten-grant.ts';

/** One remembered approval: its sentence, its countdown, End now. */
export function GrantRow({ grant, now }: { grant: GrantView; now: number }) {
  const bridge = useBridge();
  const { busy, run } = useCommand();
  const { id, agentName, tool, sentence } = grant;
  const shorter = offerShorterEnds(grant, now);
  return (
    <tr className="r grant-row">
      <td className="cut">
        <RawText text={agentName} />
      </td>
      <td className="grant-says">
        <RawText text={sentence} />
      </td>
      <td className="t2 num">{describeEnd(grant, now)}</td>
      <td className="hs">
        {shorter.length > 0 && (
          <Menu
            trigger={
              <button type="button" className="btn sm ghost" disabled={busy} aria-label={`Shorten ${tool}`}>
                Shorten <Icon name="down" small />
              </button>
            }
          >
            {shorter.map(({ label, expiresAt }) => (
              <MenuItem
                key={label}
                onSelect={() => void run(() => bridge.call('approvals.shortenGrant', { id, expiresAt }))}
              >
                {label}
              </MenuItem>
            ))}
          </Menu>
        )}
        <Button small disabled={busy} onClick={() => void run(() => bridge.call('approvals.endGrant', { id }))}>
          End now
        </Button>
      </td>
    </tr>
  );
}

function describeEnd({ expiresAt, untilQuit }: GrantView, now: number): string {
  if (expiresAt !== null) return `in ${formatCountdown(expiresAt - now)}`;
  return untilQuit ? 'when ScopeGate quits' : 'never by itself';
}
