import { type KeyObject, randomUUID } from 'node:crypto';
import type { ApprovalDecision, ApprovalStatus, ApprovalView } from '../../shared/index.ts';
import type { DecidedCall, ResolvedCall } from '../core/stages.ts';
import type { EventBus } from '../event-bus.ts';
import { BridgeFault } from '../faults.ts';
import type { Clock } from '../ports.ts';
import type { StoreWriter } from '../store/contract.ts';
import { type AgentFacts, digestOf, fromRecord, makeCard, toRecord } from './approval-card.ts';
import type { AuditFacts, AuditGate } from './audit-gate.ts';

export interface ApprovalTiming {
  /** How long a person has, milliseconds. */
  timeoutMs: number;
  /** What "add time" adds, milliseconds. */
  extendMs: number;
  /** How long an approval without a waiting call stays good for one identical call, milliseconds. */
  armedMs: number;
}

/** How a wait ended. `parked`: the agent is told to call again; the card stays. */
export type Answer =
  | { kind: 'approved'; approvalId: string }
  | { kind: 'denied'; note: string | null }
  | { kind: 'expired' }
  | { kind: 'cancelled' }
  | { kind: 'parked' };

interface Waiter {
  callId: string;
  answer(answer: Answer): void;
}

interface Item {
  card: ApprovalView;
  waiters: Waiter[];
  /** Calls whose agent was told to call again, oldest first. */
  parked: string[];
  timer: NodeJS.Timeout | null;
}

interface Ports {
  store: StoreWriter;
  audit: AuditGate;
  bus: EventBus;
  clock: Clock;
  key: KeyObject;
  timing: ApprovalTiming;
  facts(agentId: string, serverId: string, tool: string): AgentFacts;
  /** A card ended while this call was parked on it: the call is over. */
  onAbandoned(callId: string, outcome: 'approval_denied' | 'approval_expired'): void;
  /** The card this call waits on, or the end of its wait, changed. */
  onWaiting(callId: string, approvalId: string, expiresAt: number): void;
}

const denyWords = {
  not_asked: 'this is not what I asked for',
  wrong_target: 'wrong account or target',
  too_broad: 'too broad',
  other: null,
} as const;

/**
 * The one waiting room for people's answers. Owns state, timers and decisions; every change is in the database before
 * anybody hears of it. An approval is bound to the digest of its call and lets exactly one identical call through: where
 * several wait on one card, each approval answers the oldest of them.
 */
export class ApprovalQueue {
  readonly #ports: Ports;
  readonly #items = new Map<string, Item>();
  readonly #byDigest = new Map<string, Item>();

  constructor(ports: Ports) {
    this.#ports = ports;
    for (const record of ports.store.approvals({ status: 'open' })) {
      const card = fromRecord(record);
      if (card) this.#add({ card, waiters: [], parked: [], timer: null });
    }
  }

  /** Pending and armed cards, oldest first. */
  open(): ApprovalView[] {
    return [...this.#items.values()].map((item) => this.#view(item));
  }

  pendingCount(): number {
    return [...this.#items.values()].filter((item) => item.card.status === 'pending').length;
  }

  history(before: number | null, limit: number): ApprovalView[] {
    const cards = this.#ports.store.approvals({ status: 'closed', before, limit }).map(fromRecord);
    return cards.filter((card) => card !== null);
  }

  /** Takes the id of the oldest call that was told to call again with exactly this request, if its card is still open. */
  takeParked(call: ResolvedCall): string | null {
    return this.#byDigest.get(digestOf(this.#ports.key, call))?.parked.shift() ?? null;
  }

  /**
   * Waits for the person. Ends by an answer, the card's timeout, the agent's cancel (`signal`) or `giveUpMs`, after which
   * the card stays and a later approval is good for one identical call.
   */
  wait(call: DecidedCall, giveUpMs: number, onCard: (card: ApprovalView) => void): Promise<Answer> {
    const digest = digestOf(this.#ports.key, call);
    const item = this.#byDigest.get(digest) ?? this.#create(call, digest);
    if (item.card.status === 'approved') {
      this.#end(item, 'used');
      return Promise.resolve({ kind: 'approved', approvalId: item.card.id });
    }
    onCard(this.#view(item));
    return new Promise((resolve) => {
      const { signal } = call.exchange;
      const timer = setTimeout(() => leave({ kind: 'parked' }), giveUpMs);
      const abort = () => leave({ kind: 'cancelled' });
      const waiter: Waiter = {
        callId: call.id,
        answer(answer) {
          clearTimeout(timer);
          signal.removeEventListener('abort', abort);
          resolve(answer);
        },
      };
      const leave = (answer: Answer) => {
        // the card may have been issued anew since
        const current = this.#byDigest.get(digest) ?? item;
        current.waiters = current.waiters.filter((other) => other !== waiter);
        if (answer.kind === 'parked') current.parked.push(call.id);
        waiter.answer(answer);
        this.#announce(current);
      };
      item.waiters.push(waiter);
      this.#announce(item);
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
    });
  }

  /** A person's answer. Refused when the card is gone, or is not the one the person saw. */
  decide(decision: ApprovalDecision): void {
    const item = this.#items.get(decision.id);
    if (item?.card.status !== 'pending') {
      throw new BridgeFault(
        'stale',
        'This call has already been answered or is over.',
        'Look at the current list of waiting calls.',
      );
    }
    if (item.card.digest !== decision.digest)
      throw new BridgeFault('stale', 'The call is not the one you were shown.', 'Review it again.');
    const at = this.#ports.clock.now();
    const isApproval = decision.verdict === 'approve';
    const written = this.#ports.audit.append({
      ...this.#auditOf(item.card),
      actor: 'person',
      effect: isApproval ? 'allow' : 'deny',
      reasonCode: isApproval ? 'approved' : 'denied',
      details: {
        input: decision.input,
        shownMs: at - decision.shownAt,
        armedMs: decision.armedAt === null ? null : at - decision.armedAt,
        denyReason: isApproval ? null : decision.denyReason,
        waiting: item.waiters.length,
      },
    });
    if (!written && isApproval)
      throw new BridgeFault(
        'unavailable',
        'The audit log cannot be written, so nothing can be approved.',
        'Free disk space or mend the data folder, then approve again.',
      );
    item.card.decidedAt = at;
    item.card.decidedBy = 'person';
    item.card.denyReason = isApproval ? null : decision.denyReason;
    item.card.denyNote = isApproval ? null : decision.denyNote;
    if (isApproval) this.#approve(item);
    else this.#deny(item);
  }

  /** Gives the person more time; returns the new end. */
  extend(id: string): number {
    const item = this.#items.get(id);
    if (item?.card.status !== 'pending') throw new BridgeFault('stale', 'This call is no longer waiting.');
    item.card.expiresAt += this.#ports.timing.extendMs;
    this.#ports.store.putApproval(toRecord(item.card));
    this.#arm(item);
    this.#announce(item);
    this.#tellWaiting(item);
    return item.card.expiresAt;
  }

  /** Stops every timer and lets waiting calls end as cancelled; cards stay in the database. */
  close(): void {
    for (const item of this.#items.values()) {
      if (item.timer) clearTimeout(item.timer);
      for (const waiter of item.waiters.splice(0)) waiter.answer({ kind: 'cancelled' });
    }
  }

  #create(call: DecidedCall, digest: string): Item {
    const { clock, timing, facts } = this.#ports;
    const at = clock.now();
    const known = facts(call.exchange.agent.id, call.tool.serverId, call.tool.name);
    const item: Item = {
      card: makeCard(call, randomUUID(), digest, known, at, at + timing.timeoutMs),
      waiters: [],
      parked: [],
      timer: null,
    };
    this.#ports.store.putApproval(toRecord(item.card));
    this.#add(item);
    return item;
  }

  #add(item: Item): void {
    this.#items.set(item.card.id, item);
    this.#byDigest.set(item.card.digest, item);
    this.#arm(item);
  }

  #arm(item: Item): void {
    if (item.timer) clearTimeout(item.timer);
    const left = Math.max(0, item.card.expiresAt - this.#ports.clock.now());
    item.timer = setTimeout(() => this.#expire(item), left);
  }

  #approve(item: Item): void {
    const [first, ...others] = item.waiters;
    if (!first) {
      item.card.status = 'approved';
      item.card.expiresAt = this.#ports.clock.now() + this.#ports.timing.armedMs;
      this.#ports.store.putApproval(toRecord(item.card));
      this.#arm(item);
      this.#tellWaiting(item);
      this.#announce(item);
      return;
    }
    item.waiters = [];
    const parked = item.parked.splice(0);
    this.#end(item, 'used');
    first.answer({ kind: 'approved', approvalId: item.card.id });
    if (others.length > 0 || parked.length > 0) this.#reissue(item, others, parked);
  }

  /** Identical calls that still wait get a card of their own: one approval, one call. */
  #reissue(item: Item, waiters: Waiter[], parked: string[]): void {
    const at = this.#ports.clock.now();
    const callId = waiters[0]?.callId ?? parked[0] ?? item.card.callId;
    const card: ApprovalView = {
      ...item.card,
      id: randomUUID(),
      callId,
      status: 'pending',
      createdAt: at,
      expiresAt: at + this.#ports.timing.timeoutMs,
      decidedAt: null,
      decidedBy: null,
    };
    const next: Item = { card, waiters, parked, timer: null };
    this.#ports.store.putApproval(toRecord(card));
    this.#add(next);
    this.#tellWaiting(next);
    this.#announce(next);
  }

  #tellWaiting(item: Item): void {
    for (const callId of [...item.waiters.map((waiter) => waiter.callId), ...item.parked]) {
      this.#ports.onWaiting(callId, item.card.id, item.card.expiresAt);
    }
  }

  #deny(item: Item): void {
    const { denyReason, denyNote } = item.card;
    const note = denyNote?.trim() || (denyReason ? denyWords[denyReason] : null);
    this.#end(item, 'denied');
    for (const waiter of item.waiters.splice(0)) waiter.answer({ kind: 'denied', note });
  }

  #expire(item: Item): void {
    const wasArmed = item.card.status === 'approved';
    if (!wasArmed) {
      item.card.decidedAt = this.#ports.clock.now();
      item.card.decidedBy = 'timeout';
    }
    // an end that cannot be recorded still ends: expiring only ever refuses
    this.#ports.audit.append({
      ...this.#auditOf(item.card),
      actor: 'engine',
      effect: 'deny',
      reasonCode: wasArmed ? 'not_called_again' : 'timeout',
    });
    this.#end(item, 'expired');
    for (const waiter of item.waiters.splice(0)) waiter.answer({ kind: 'expired' });
  }

  #end(item: Item, status: ApprovalStatus): void {
    if (item.timer) clearTimeout(item.timer);
    item.card.status = status;
    this.#ports.store.putApproval(toRecord(item.card));
    this.#items.delete(item.card.id);
    if (this.#byDigest.get(item.card.digest) === item) this.#byDigest.delete(item.card.digest);
    this.#announce(item);
    const outcome = status === 'denied' ? 'approval_denied' : 'approval_expired';
    for (const callId of item.parked.splice(0)) this.#ports.onAbandoned(callId, outcome);
  }

  #view(item: Item): ApprovalView {
    return { ...item.card, waiting: item.waiters.length };
  }

  #announce(item: Item): void {
    this.#ports.bus.emit(`approval:${item.card.id}`, () => ({ type: 'approval.changed', approval: this.#view(item) }));
  }

  #auditOf(card: ApprovalView): AuditFacts {
    return {
      event: 'approval.decided',
      actor: 'engine',
      agentId: card.agentId,
      agentName: card.agentName,
      serverId: card.serverId,
      tool: card.tool,
      callId: card.callId,
      riskTier: card.risk.tier,
      policyVersion: card.decision.policyVersion,
      waitedMs: this.#ports.clock.now() - card.createdAt,
      approvalId: card.id,
      subject: card.subject,
    };
  }
}
