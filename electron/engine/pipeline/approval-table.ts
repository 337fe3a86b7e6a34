import type { ApprovalStatus, ApprovalView } from '../../shared/index.ts';
import type { EventBus } from '../event-bus.ts';
import { BridgeFault } from '../faults.ts';
import type { Clock, LogPort } from '../ports.ts';
import type { StoreWriter } from '../store/contract.ts';
import { fromRecord, toRecord } from './approval-card.ts';
import { type Abandonment, type Item, makeItem } from './approval-item.ts';
import { maskCard } from './approval-mask.ts';

export interface TablePorts {
  store: StoreWriter;
  bus: EventBus;
  clock: Clock;
  log: LogPort;
  /** The time of a card is up. */
  onTimeUp(item: Item): void;
  /** A card ended while this call was parked on it: the call is over. */
  onAbandoned(callId: string, why: Abandonment): void;
  /** What goes with a call of this agent to this server. */
  credentialNames(serverId: string, agentId: string): string[];
  /** The card this call waits on, or the end of its wait, changed. */
  onWaiting(callId: string, approvalId: string, expiresAt: number): void;
}

/**
 * The open cards, by id and by the digest of their call, with their rows and their timers. Every change is in the
 * database before anybody hears of it.
 */
export class ApprovalTable {
  readonly #ports: TablePorts;
  readonly #items = new Map<string, Item>();
  readonly #byDigest = new Map<string, Item>();

  constructor(ports: TablePorts) {
    this.#ports = ports;
  }

  /** Takes over what was open when the engine ended. */
  load(): void {
    for (const record of this.#ports.store.approvals({ status: 'open' })) {
      const card = fromRecord(record);
      if (card) this.#hold(makeItem(this.restartClock(card)));
    }
  }

  get isEmpty(): boolean {
    return this.#items.size === 0;
  }

  all(): Item[] {
    return [...this.#items.values()];
  }

  get(id: string): Item | undefined {
    return this.#items.get(id);
  }

  find(digest: string): Item | undefined {
    return this.#byDigest.get(digest);
  }

  /** The waiting card a person was shown. Throws `BridgeFault` when it is gone, or is another one. */
  pending(id: string, digest: string): Item {
    const item = this.#items.get(id);
    if (item?.card.status !== 'pending' || item.isAnswering) {
      throw new BridgeFault(
        'stale',
        'This call has already been answered or is over.',
        'Look at the current list of waiting calls.',
      );
    }
    if (item.card.digest !== digest)
      throw new BridgeFault('stale', 'The call is not the one you were shown.', 'Review it again.');
    return item;
  }

  /** Credentials were bound, renamed or taken away: every card shows what would go with its call now. */
  followCredentials(): void {
    for (const item of this.#items.values()) {
      if (this.#nameCredentials(item)) this.announce(item);
    }
  }

  /** Writes and holds a new card. */
  add(item: Item): void {
    this.#nameCredentials(item);
    this.#ports.store.putApproval(toRecord(item.card));
    this.#hold(item);
  }

  /** The card with its time running again, by as much later as it stood still. */
  restartClock(card: ApprovalView): ApprovalView {
    if (card.stoppedAt === null) return card;
    const stoodMs = Math.max(0, this.#ports.clock.now() - card.stoppedAt);
    return { ...card, stoppedAt: null, expiresAt: card.expiresAt + stoodMs };
  }

  /** Stops every timer; cards stay in the database. */
  stopTimers(): void {
    for (const item of this.#items.values()) if (item.timer) clearTimeout(item.timer);
  }

  /** Takes a card out of the queue for good. Throws when a use cannot be written: it could be spent again otherwise. */
  end(item: Item, status: ApprovalStatus): void {
    this.#writeEnd({ ...item.card, status });
    if (item.timer) clearTimeout(item.timer);
    item.card.status = status;
    this.#items.delete(item.card.id);
    if (this.#byDigest.get(item.card.digest) === item) this.#byDigest.delete(item.card.digest);
    this.announce(item);
    for (const callId of item.parked.splice(0)) this.#ports.onAbandoned(callId, abandonmentOf(status));
  }

  /** Writes a card that goes on, starts its timer anew and tells who waits. Throws when an approval cannot be written. */
  changed(item: Item): void {
    try {
      this.#ports.store.putApproval(toRecord(item.card));
    } catch (error) {
      if (item.card.status !== 'pending') throw error;
      // it goes on all the same; after a restart it ends at the time written before
      this.logFault('the new time of a card could not be written', error);
    }
    this.#arm(item);
    this.tellWaiting(item);
    this.announce(item);
  }

  tellWaiting(item: Item): void {
    for (const callId of [...item.waiters.map((waiter) => waiter.callId), ...item.parked]) {
      this.#ports.onWaiting(callId, item.card.id, item.card.expiresAt);
    }
  }

  view(item: Item): ApprovalView {
    return { ...item.card, waiting: item.waiters.length };
  }

  announce(item: Item): void {
    this.#ports.bus.emit(`approval:${item.card.id}`, () => ({
      type: 'approval.changed',
      approval: maskCard(this.view(item)),
    }));
    this.#ports.bus.flushSoon();
  }

  logFault(what: string, error: unknown): void {
    this.#ports.log.error(what, { error: error instanceof Error ? error.message : 'unknown' });
  }

  /** Whether they are others than before. */
  #nameCredentials({ card }: Item): boolean {
    const names = this.#ports.credentialNames(card.serverId, card.agentId);
    const isSame = JSON.stringify(names) === JSON.stringify(card.credentialNames);
    card.credentialNames = names;
    return !isSame;
  }

  #writeEnd(card: ApprovalView): void {
    try {
      this.#ports.store.putApproval(toRecord(card));
    } catch (error) {
      if (card.status === 'used') throw error;
      // every other end refuses; a restart lists the card once more
      this.logFault('the end of an approval could not be written', error);
    }
  }

  #hold(item: Item): void {
    this.#items.set(item.card.id, item);
    this.#byDigest.set(item.card.digest, item);
    this.#arm(item);
  }

  #arm(item: Item): void {
    if (item.timer) clearTimeout(item.timer);
    item.timer = null;
    if (item.card.stoppedAt !== null) return;
    const left = Math.max(0, item.card.expiresAt - this.#ports.clock.now());
    item.timer = setTimeout(() => {
      try {
        this.#ports.onTimeUp(item);
      } catch (error) {
        this.logFault('the end of a card’s time failed', error);
      }
    }, left);
  }
}

function abandonmentOf(status: ApprovalStatus): Abandonment {
  if (status === 'denied') return 'approval_denied';
  return status === 'cancelled' ? 'cancelled' : 'approval_expired';
}
