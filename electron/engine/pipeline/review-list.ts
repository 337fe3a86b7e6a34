import type { ApprovalView } from '../../shared/index.ts';
import type { Clock, LogPort } from '../ports.ts';
import type { StoreWriter } from '../store/contract.ts';
import { fromRecord, toRecord } from './approval-card.ts';

interface Ports {
  store: Pick<StoreWriter, 'approvalsToReview' | 'putApproval'>;
  clock: Clock;
  log: LogPort;
  /** An item was put on the list or taken off it. */
  onChanged(card: ApprovalView): void;
}

const maxItems = 200;
const maxAgeMs = 7 * 24 * 3_600_000;

/**
 * What ended without a person's answer, until somebody has looked at it. Only these keep their arguments after their
 * end, so the list is bounded in number and age, and one exact call stands on it once.
 */
export class ReviewList {
  readonly #ports: Ports;
  readonly #items = new Map<string, ApprovalView>();

  constructor(ports: Ports) {
    this.#ports = ports;
    for (const record of ports.store.approvalsToReview().reverse()) {
      const card = fromRecord(record);
      if (card) this.#items.set(card.id, card);
    }
    this.#prune();
  }

  get count(): number {
    return this.#items.size;
  }

  /** Newest first. */
  list(): ApprovalView[] {
    return [...this.#items.values()].reverse();
  }

  get(id: string): ApprovalView | null {
    return this.#items.get(id) ?? null;
  }

  has(digest: string): boolean {
    return [...this.#items.values()].some((card) => card.digest === digest);
  }

  /** Keeps a card that has just ended; its row is written by whoever ended it. */
  keep(card: ApprovalView): void {
    const older = [...this.#items.values()].filter(({ id, digest }) => digest === card.digest && id !== card.id);
    this.#items.set(card.id, card);
    for (const { id } of older) this.#drop(id);
    this.#prune();
    this.#ports.onChanged(card);
  }

  /** Somebody has looked: the arguments are erased. */
  dismiss(id: string): void {
    const card = this.take(id);
    if (!card) return;
    const seen = { ...card, toReview: false, arguments: null };
    this.#ports.store.putApproval(toRecord(seen));
    this.#ports.onChanged(seen);
  }

  /** Takes a card off the list without touching its row. */
  take(id: string): ApprovalView | null {
    const card = this.#items.get(id) ?? null;
    this.#items.delete(id);
    return card;
  }

  /** As `dismiss`, where nobody waits to hear that it failed; after a restart the item is on the list once more. */
  #drop(id: string): void {
    try {
      this.dismiss(id);
    } catch (error) {
      const message = error instanceof Error ? error.message : 'unknown';
      this.#ports.log.error('an item of the review list could not be erased', { error: message });
    }
  }

  #prune(): void {
    const oldest = this.#ports.clock.now() - maxAgeMs;
    const surplus = this.#items.size - maxItems;
    [...this.#items.values()].forEach((card, index) => {
      if (index < surplus || (card.decidedAt ?? card.createdAt) < oldest) this.#drop(card.id);
    });
  }
}
