import type { AgentMatrix, LimitState, LoopState } from '../../../electron/shared/index.ts';
import { formatClock, formatCountdown } from '../../lib/format.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { Icon } from '../../ui/icon.tsx';
import { formatLimit } from './rate-limit.ts';

const mostShown = 5;

/** What holds this agent back right now: buckets that are empty, and calls that look like a loop. Nothing on a calm day. */
export function AgentPressure({ matrix }: { matrix: AgentMatrix | undefined }) {
  const empty = matrix?.limits?.filter((limit) => limit.retryAfterMs > 0) ?? [];
  const loops = matrix?.loops ?? [];
  if (empty.length === 0 && loops.length === 0) return null;
  const hidden = Math.max(0, empty.length + loops.length - mostShown);
  return (
    <section className="agent-band" aria-label="Held back now" aria-live="polite">
      <div className="lab">Held back now</div>
      <ul>
        {loops.slice(0, mostShown).map((loop) => (
          <LoopRow key={`${loop.serverId} ${loop.tool}`} loop={loop} />
        ))}
        {empty.slice(0, Math.max(0, mostShown - loops.length)).map((limit) => (
          <LimitRow key={`${limit.scope} ${limit.name}`} limit={limit} />
        ))}
      </ul>
      {hidden > 0 && <p className="t3 f12">and {hidden} more</p>}
    </section>
  );
}

function LoopRow({ loop }: { loop: LoopState }) {
  return (
    <li>
      <span className="cut">
        <span className="st ask">
          <Icon name="hand" small />
        </span>{' '}
        <code>{makeVisibleLine(`${loop.serverId} ${loop.tool}`)}</code> came {loop.count} times with the same arguments,
        so it asks
      </span>
      <span className="num t2">until {formatClock(loop.until)}</span>
    </li>
  );
}

function LimitRow({ limit }: { limit: LimitState }) {
  return (
    <li>
      <span className="cut">
        <span className="st block">
          <Icon name="clock" small />
        </span>{' '}
        {describeBucket(limit)} is used up: {formatLimit(limit.limit)}
      </span>
      <span className="num t2">next call in {formatCountdown(limit.retryAfterMs)}</span>
    </li>
  );
}

/** Whose limit it is, in words. */
export function describeBucket({ scope, name }: Pick<LimitState, 'scope' | 'name'>): string {
  if (scope === 'agent') return 'The limit of this agent';
  return scope === 'tool' ? `The limit of ${makeVisibleLine(name)}` : `The limit of the rule “${name}”`;
}
