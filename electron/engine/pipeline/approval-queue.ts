import { randomUUID } from 'node:crypto';
import type { ApprovalDecision, ApprovalView, Decision } from '../../shared/index.ts';
import { isSuspect } from '../core/program-path.ts';
import type { DecidedCall, ResolvedCall } from '../core/stages.ts';
import { BridgeFault } from '../faults.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import { type AnswerExtras, auditOf, describeAnswer, unwritable } from './approval-audit.ts';
import { digestOf, fromRecord, makeCard } from './approval-card.ts';
import { type Answer, type Item, makeItem, noteOf, sizeOfRequest, type Waiter } from './approval-item.ts';
import { makeRoom } from './approval-room.ts';
import { ApprovalTable } from './approval-table.ts';
import { joinCard } from './approval-wait.ts';
import type { AuditFacts } from './audit-gate.ts';
import type { QueuePorts } from './queue-ports.ts';

/**
 * The one waiting room for people's answers. Owns state, timers and decisions; every change is in the database before
 * anybody hears of it. An approval is bound to the digest of its call and lets exactly one identical call through: where
 * several wait on one card, each approval answers the oldest of them.
 */
export class ApprovalQueue {
  readonly #ports: QueuePorts;
  readonly #table: ApprovalTable;

  constructor(ports: QueuePorts) {
    this.#ports = ports;
    this.#table = new ApprovalTable({ ...ports, onTimeUp: (item) => this.#expire(item) });
    this.#table.load();
  }

  /** Pending and armed cards, oldest first. */
  open(): ApprovalView[] {
    return this.#table.all().map((item) => this.#table.view(item));
  }

  history(before: number | null, limit: number): ApprovalView[] {
    const cards = this.#ports.store.approvals({ status: 'closed', before, limit }).map(fromRecord);
    return cards.filter((card) => card !== null);
  }

  /** The waiting card a person was shown. Throws `BridgeFault` when it is gone, or is another one. */
  pending(id: string, digest: string): ApprovalView {
    return this.#table.view(this.#table.pending(id, digest));
  }

  /** Takes the id of the oldest call that was told to call again with exactly this request, if its card is still open. */
  takeParked(call: ResolvedCall): string | null {
    // the digest costs more than the whole look-up, and most of the time nobody waits
    if (this.#table.isEmpty) return null;
    return this.#table.find(digestOf(this.#ports.key, call))?.parked.shift() ?? null;
  }

  /**
   * Waits for the person. Ends by an answer, the card's timeout, the agent's cancel (`signal`), a change of policy, or
   * `giveUpMs`, after which the card stays and a later approval is good for one identical call.
   */
  wait(call: DecidedCall, giveUpMs: number, onCard: (card: ApprovalView) => void): Promise<Answer> {
    const digest = digestOf(this.#ports.key, call);
    const known = this.#table.find(digest);
    if (known?.card.status === 'approved') {
      const answer = this.#use(known, call);
      if (answer) return Promise.resolve(answer);
    }
    const open = this.#table.find(digest);
    const refusal = open ? null : this.#refuseNew(call, digest);
    if (refusal) return Promise.resolve(refusal);
    const item = open ?? this.#create(call, digest);
    item.call = call;
    onCard(this.#table.view(item));
    return joinCard(this.#table, item, call, giveUpMs, (over) =>
      this.#endByEngine(over, { effect: 'deny', reasonCode: 'withdrawn' }),
    );
  }

  /** A person's answer. Refused when the card is gone, or is not the one the person saw. */
  decide(decision: ApprovalDecision, extras: AnswerExtras = {}): void {
    const item = this.#table.pending(decision.id, decision.digest);
    const isApproval = decision.verdict === 'approve';
    item.isAnswering = true;
    try {
      this.#write(item, decision, extras);
      // the new policy is in force before the call goes on, and cannot take the card from under the click
      extras.remember?.written();
    } finally {
      item.isAnswering = false;
    }
    const { card } = item;
    card.decidedAt = this.#ports.clock.now();
    card.decidedBy = 'person';
    card.stoppedAt = null;
    card.denyReason = isApproval ? null : decision.denyReason;
    card.denyNote = isApproval ? null : decision.denyNote;
    card.edited = extras.edit?.arguments ?? null;
    card.editedDigest = extras.edit?.digest ?? null;
    card.remembered = extras.remember?.summary ?? null;
    if (isApproval) this.#approve(item);
    else this.#deny(item);
    // others may be covered by what was remembered
    if (extras.remember) this.reconsider();
  }

  /** Arms one call identical to that of a card that ended without an answer. Throws `BridgeFault`. */
  armNext(ended: ApprovalView, details: JsonObject): void {
    const { audit, clock, timing } = this.#ports;
    if (this.#table.find(ended.digest))
      throw new BridgeFault('conflict', 'The same call waits again now.', 'Answer the waiting one.');
    const at = clock.now();
    const card: ApprovalView = {
      ...ended,
      status: 'approved',
      toReview: false,
      stoppedAt: null,
      decidedAt: at,
      decidedBy: 'person',
      expiresAt: at + timing().armedMs,
    };
    const facts = auditOf(card, at);
    if (!audit.append({ ...facts, actor: 'person', effect: 'allow', reasonCode: 'allowed_next', details }))
      throw unwritable();
    const item = makeItem(card);
    this.#table.add(item);
    this.#table.announce(item);
  }

  /** Gives the person more time; returns the new end. */
  extend(id: string): number {
    const item = this.#table.get(id);
    if (item?.card.status !== 'pending') throw new BridgeFault('stale', 'This call is no longer waiting.');
    item.card.expiresAt += this.#ports.timing().extendMs;
    this.#table.changed(item);
    return item.card.expiresAt;
  }

  /** Asks policy again about everything that waits: what it now allows goes on, what it now blocks is refused. */
  reconsider(): void {
    for (const item of this.#table.all()) {
      if (item.card.status !== 'pending' || item.call === null || item.isAnswering) continue;
      const decision = this.#ports.decideNow(item.call);
      if (decision.effect !== 'ask') this.#settleByPolicy(item, decision);
    }
  }

  /** Follows the person's coming and going: stops or starts the time of what waits, or ends it for review. */
  followPresence(): void {
    const { isTimeStopped, isRefusing } = this.#ports.presence();
    for (const item of this.#table.all()) {
      if (item.card.status !== 'pending') continue;
      if (isRefusing) this.#endUnanswered(item, 'away');
      else if (isTimeStopped !== (item.card.stoppedAt !== null)) {
        if (isTimeStopped) item.card.stoppedAt = this.#ports.clock.now();
        else item.card = this.#table.restartClock(item.card);
        this.#table.changed(item);
      }
    }
  }

  /** What goes with calls changed. */
  followCredentials(): void {
    this.#table.followCredentials();
  }

  /** Stops every timer and lets waiting calls end as cancelled; cards stay in the database. */
  close(): void {
    this.#table.stopTimers();
    for (const item of this.#table.all()) {
      for (const waiter of item.waiters.splice(0)) waiter.answer({ kind: 'cancelled' });
    }
  }

  /**
   * Spends an armed approval. Null, and it is over: its time is up (a timer sleeps with the machine, the clock does not);
   * its edited arguments are gone, and the agent's own were never approved; or a program that nobody expected calls in
   * place of the one on the card.
   */
  #use(item: Item, call: DecidedCall): Answer | null {
    const { id, edited, editedDigest, expiresAt, risk } = item.card;
    const isWhole = editedDigest === null || edited !== null;
    const isGood = isWhole && expiresAt > this.#ports.clock.now() && (isSuspect(risk) || !isSuspect(call.risk));
    if (!isGood) {
      this.#expire(item);
      return null;
    }
    this.#table.end(item, 'used');
    return { kind: 'approved', approvalId: id, edited: edited as JsonObject | null };
  }

  /** Why no new card is put up for this call; null when one is. */
  #refuseNew(call: DecidedCall, digest: string): Answer | null {
    const { cooldown, clock, timing, presence } = this.#ports;
    const denial = cooldown.find(digest, clock.now(), timing().cooldownMs);
    if (denial) return { kind: 'denied', note: denial.note, cause: 'cooldown' };
    const size = sizeOfRequest(call.arguments, call.otherParams);
    const surplus = makeRoom(this.#table.all(), call.exchange.agent.id, size);
    if (surplus === null) return { kind: 'full' };
    for (const item of surplus) this.#endByEngine(item, { effect: 'deny', reasonCode: 'too_many_left' });
    if (!presence().isRefusing) return null;
    this.#endUnanswered(this.#create(call, digest), 'away');
    return { kind: 'denied', note: null, cause: 'away' };
  }

  #create(call: DecidedCall, digest: string): Item {
    const { clock, timing, facts, presence } = this.#ports;
    const at = clock.now();
    const known = facts(call.exchange.agent.id, call.tool.serverId, call.tool.name);
    const card = makeCard(call, randomUUID(), digest, known, at, at + timing().timeoutMs);
    if (presence().isTimeStopped) card.stoppedAt = at;
    const item = makeItem(card, { call });
    this.#table.add(item);
    return item;
  }

  /** Permission and answer in one transaction: both are there, or neither. Throws `BridgeFault`. */
  #write(item: Item, decision: ApprovalDecision, extras: AnswerExtras): void {
    const { audit, clock, store } = this.#ports;
    const isApproval = decision.verdict === 'approve';
    const row: AuditFacts = {
      ...auditOf(item.card, clock.now()),
      actor: 'person',
      effect: isApproval ? 'allow' : 'deny',
      reasonCode: isApproval ? 'approved' : 'denied',
      details: describeAnswer(item, decision, extras, clock.now()),
    };
    if (!isApproval) {
      // a denial only narrows, so it counts even when it cannot be written down
      audit.append(row);
      return;
    }
    store.transaction(() => {
      extras.remember?.write();
      if (!audit.append(row)) throw unwritable();
    });
  }

  #approve(item: Item): void {
    const { clock, timing } = this.#ports;
    const [first, ...others] = item.waiters;
    if (!first) {
      const pending = item.card;
      item.card = { ...pending, status: 'approved', expiresAt: clock.now() + timing().armedMs };
      try {
        this.#table.changed(item);
      } catch (error) {
        // the person is told that it failed, so it lets nothing through
        item.card = pending;
        throw error;
      }
      return;
    }
    const { edited } = item.card;
    const parked = item.parked.splice(0);
    try {
      this.#table.end(item, 'used');
    } catch (error) {
      item.parked = parked;
      throw error;
    }
    item.waiters = [];
    first.answer({ kind: 'approved', approvalId: item.card.id, edited: edited as JsonObject | null });
    if (others.length === 0 && parked.length === 0) return;
    try {
      this.#reissue(item, others, parked);
    } catch (error) {
      // the answered call goes on; the others end, since no card stands for them
      this.#table.logFault('identical calls could not be asked about again', error);
      for (const waiter of others) waiter.answer({ kind: 'cancelled' });
      for (const callId of parked) this.#ports.onAbandoned(callId, 'cancelled');
    }
  }

  /** Identical calls that still wait get a card of their own: one approval, one call. */
  #reissue(item: Item, waiters: Waiter[], parked: string[]): void {
    const { clock, timing, presence } = this.#ports;
    const at = clock.now();
    const card: ApprovalView = {
      ...item.card,
      id: randomUUID(),
      callId: waiters[0]?.callId ?? parked[0] ?? item.card.callId,
      status: 'pending',
      createdAt: at,
      expiresAt: at + timing().timeoutMs,
      stoppedAt: presence().isTimeStopped ? at : null,
      decidedAt: null,
      decidedBy: null,
      edited: null,
      editedDigest: null,
      remembered: null,
    };
    const next = makeItem(card, { call: item.call, waiters, parked });
    this.#table.add(next);
    this.#table.tellWaiting(next);
    this.#table.announce(next);
  }

  #deny(item: Item): void {
    const note = noteOf(item.card);
    this.#ports.cooldown.note(item.card.digest, { note, at: this.#ports.clock.now() });
    this.#table.end(item, 'denied');
    for (const waiter of item.waiters.splice(0)) waiter.answer({ kind: 'denied', note, cause: 'person' });
  }

  #expire(item: Item): void {
    if (item.card.status === 'pending') {
      this.#endUnanswered(item, 'timeout');
      return;
    }
    const { audit, clock } = this.#ports;
    // an end that cannot be recorded still ends: expiring only ever refuses
    audit.append({ ...auditOf(item.card, clock.now()), effect: 'deny', reasonCode: 'not_called_again' });
    this.#table.end(item, 'expired');
  }

  #endUnanswered(item: Item, why: 'timeout' | 'away'): void {
    const { audit, clock, onUnanswered } = this.#ports;
    const { card } = item;
    card.decidedAt = clock.now();
    card.decidedBy = why === 'timeout' ? 'timeout' : 'engine';
    card.stoppedAt = null;
    card.toReview = true;
    audit.append({ ...auditOf(card, clock.now()), effect: 'deny', reasonCode: why });
    this.#table.end(item, why === 'timeout' ? 'expired' : 'denied');
    const answer: Answer = why === 'timeout' ? { kind: 'expired' } : { kind: 'denied', note: null, cause: 'away' };
    for (const waiter of item.waiters.splice(0)) waiter.answer(answer);
    try {
      onUnanswered({ ...card, waiting: 0 });
    } catch (error) {
      this.#table.logFault('an unanswered card could not be kept for review', error);
    }
  }

  #settleByPolicy(item: Item, { effect, policyVersion }: Decision): void {
    this.#endByEngine(item, { effect, policyVersion, reasonCode: 'policy_changed' });
    for (const waiter of item.waiters.splice(0)) waiter.answer({ kind: 'reconsidered' });
  }

  #endByEngine(item: Item, why: Partial<AuditFacts>): void {
    const { audit, clock } = this.#ports;
    const { card } = item;
    card.decidedAt = clock.now();
    card.decidedBy = 'engine';
    card.stoppedAt = null;
    audit.append({ ...auditOf(card, clock.now()), ...why });
    this.#table.end(item, 'cancelled');
  }
}
