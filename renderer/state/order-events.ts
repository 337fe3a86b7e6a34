import type { BridgeEvent } from '../../electron/shared/index.ts';

export interface OrderedEvents {
  /** The events that follow the replica without a gap, in order. */
  apply: BridgeEvent[];
  /** False: something is missing, or the engine was started anew; only a snapshot helps. */
  isComplete: boolean;
}

/** Picks what can be applied on top of (epoch, revision) out of events that may be late, doubled or out of order. */
export function orderEvents(epoch: string, revision: number, received: readonly BridgeEvent[]): OrderedEvents {
  const apply: BridgeEvent[] = [];
  let reached = revision;
  for (const event of [...received].sort((a, b) => a.revision - b.revision)) {
    if (event.epoch !== epoch) return { apply, isComplete: false };
    if (event.revision <= reached) continue;
    if (event.revision !== reached + 1) return { apply, isComplete: false };
    apply.push(event);
    reached = event.revision;
  }
  return { apply, isComplete: true };
}
