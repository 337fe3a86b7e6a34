import { maxWaitingPerAgent } from '../../shared/index.ts';
import type { Item } from './approval-item.ts';

/** What the requests of one agent's open cards may take together, in characters of their JSON. */
const maxAgentSize = 8 * 1024 * 1024;
/** The same over all agents. */
const maxTotalSize = 64 * 1024 * 1024;

/**
 * Which cards must end so that one more of this agent and size fits; null: none may go, so it does not fit. Only the
 * agent's own cards go that nobody waits for any more, oldest first.
 */
export function makeRoom(items: readonly Item[], agentId: string, size: number): Item[] | null {
  const own = items.filter(({ card }) => card.agentId === agentId);
  let waiting = own.filter(({ card }) => card.status === 'pending').length;
  let taken = sizeOf(own);
  let total = sizeOf(items);
  const fits = () => waiting < maxWaitingPerAgent && taken + size <= maxAgentSize && total + size <= maxTotalSize;
  const surplus: Item[] = [];
  for (const item of own) {
    if (fits()) break;
    if (!isLeft(item)) continue;
    surplus.push(item);
    waiting -= 1;
    taken -= item.size;
    total -= item.size;
  }
  return fits() ? surplus : null;
}

function sizeOf(items: readonly Item[]): number {
  return items.reduce((sum, item) => sum + item.size, 0);
}

/** Neither a call waits on the card, nor one that was told to call again. */
function isLeft({ card, waiters, parked, isAnswering }: Item): boolean {
  return card.status === 'pending' && waiters.length === 0 && parked.length === 0 && !isAnswering;
}
