import type { Replay } from '../../../electron/shared/index.ts';
import { countOf } from '../../lib/format.ts';

/** "Of 212 calls it matches 14. 2 would now be blocked, 1 would ask." */
export function sumUp(replay: Replay): string {
  if (replay.calls === 0) return 'There was no call in this time.';
  const changes = [
    [replay.nowBlocked, 'be blocked'],
    [replay.nowAsked, 'ask you'],
    [replay.nowAllowed, 'run without asking'],
  ] as const;
  const said = changes.filter(([count]) => count > 0).map(([count, does]) => `${count} would now ${does}`);
  const start = `Of ${countOf(replay.calls, 'call')} it matches ${replay.matched === 0 ? 'none' : replay.matched}.`;
  if (replay.matched === 0 && said.length === 0) return start;
  return `${start} ${said.length === 0 ? 'None would be decided otherwise' : said.join(', ')}.`;
}
