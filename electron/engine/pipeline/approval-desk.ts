import {
  type AllowNext,
  type ApprovalDecision,
  type ApprovalInput,
  type ApprovalState,
  type ApprovalView,
  describeRemember,
  type EditCheck,
  type Fatigue,
  type LiveGrant,
  type Remember,
  type RememberOffer,
  type RememberPreview,
  type SentencePart,
  summariseRemember,
} from '../../shared/index.ts';
import { digestArguments } from '../core/canonical.ts';
import { checkRemember, offerRemember, type RememberCheck } from '../core/remember.ts';
import { BridgeFault } from '../faults.ts';
import type { Clock } from '../ports.ts';
import type { StoreReader } from '../store/contract.ts';
import type { JsonObject, JsonValue } from '../wire/json-rpc.ts';
import { type AnswerExtras, auditOf } from './approval-audit.ts';
import { maskOnce } from './approval-mask.ts';
import type { ApprovalQueue } from './approval-queue.ts';
import type { ApprovalSettingsChange, ApprovalSettingsKeeper } from './approval-settings.ts';
import type { ArgumentKeeper } from './argument-keeper.ts';
import type { AuditGate } from './audit-gate.ts';
import type { AwayMode } from './away-mode.ts';
import { argumentsOf, CardJudge, guardInput, guardText, type JudgePorts, toolChanged } from './card-judge.ts';
import { measureFatigue } from './fatigue.ts';
import type { GrantBook } from './grant-book.ts';
import { fitsCall } from './grant-fit.ts';
import { type Approved, changedNames, LastApproved } from './last-approved.ts';
import { countPast } from './past-matches.ts';
import type { ReviewList } from './review-list.ts';

interface Ports extends JudgePorts {
  queue: ApprovalQueue;
  review: ReviewList;
  grants: GrantBook;
  away: AwayMode;
  settings: ApprovalSettingsKeeper;
  store: Pick<StoreReader, 'pastCalls' | 'keptCalls' | 'approvalRows'>;
  kept: Pick<ArgumentKeeper, 'open'>;
  audit: AuditGate;
  clock: Clock;
  screenWatched: boolean;
  policyVersion(): number;
  /** Settings, presence, the review list or the grants are no longer what a UI shows. */
  onState(): void;
}

const dayMs = 24 * 3_600_000;
const unsure: RememberCheck = {
  ok: false,
  reason: 'What these arguments mean is not sure enough for this: even this very call would be asked about again.',
};
/** How far back "would have matched" looks. */
const pastDays = 30;
/** Rows the fatigue meter reads at most. */
const maxFatigueRows = 20_000;

/**
 * Where a person's answers come in: holds each against what was shown, what may be offered and what policy says, and has
 * it carried out. The page that sends an answer is believed in nothing but that a person gave it.
 */
export class ApprovalDesk {
  readonly #ports: Ports;
  readonly #lastApproved = new LastApproved();
  /** Cards whose answer waits for the step-up. */
  readonly #confirming = new Set<string>();

  readonly #judge: CardJudge;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#judge = new CardJudge(ports);
  }

  get grants(): GrantBook {
    return this.#ports.grants;
  }

  /** Items kept for review, newest first. */
  review(): ApprovalView[] {
    return this.#ports.review.list();
  }

  state(): ApprovalState {
    const { settings, away, stepUp, review, grants, screenWatched } = this.#ports;
    return {
      settings: settings.current,
      away: away.away,
      screenLocked: away.isLocked,
      screenWatched,
      stepUp: { available: stepUp.method !== null, method: stepUp.method ?? '', reason: stepUp.reason },
      toReview: review.count,
      grants: grants.views(),
    };
  }

  /** Throws `BridgeFault` with what is wrong; nothing has changed then. */
  async decide(decision: ApprovalDecision): Promise<void> {
    const { queue } = this.#ports;
    const card = queue.pending(decision.id, decision.digest);
    const { remember = null, edited = null } = decision;
    if (decision.verdict === 'deny') {
      if (remember !== null || edited !== null)
        throw new BridgeFault('bad_request', 'Only an approval can change arguments or be remembered.');
      queue.decide(decision, { policyVersion: this.#ports.policyVersion() });
      return;
    }
    guardInput(card, decision, remember !== null || edited !== null);
    const extras: AnswerExtras = {};
    const args = edited ?? argumentsOf(card);
    if (edited) this.#admitEdit(card, edited, extras);
    if (remember) {
      if (this.#admitRemember(card, args, remember).needsStepUp) await this.#confirm(card);
      // looked at again: the person may have taken their time to prove who they are
      extras.remember = this.#toExtras(card, remember, this.#admitRemember(card, args, remember).grant);
    }
    queue.decide(decision, { ...extras, policyVersion: this.#ports.policyVersion() });
    const { agentId, serverId, tool } = card;
    this.#lastApproved.note(agentId, serverId, tool, { at: this.#ports.clock.now(), arguments: args });
  }

  denyAll(how: { agentId: string; denyNote: string | null; input: ApprovalInput; shownAt: number }): number {
    const { queue, policyVersion } = this.#ports;
    const waiting = queue.open().filter((card) => card.agentId === how.agentId && card.status === 'pending');
    for (const { id, digest } of waiting) {
      const { denyNote, input, shownAt } = how;
      const answer = {
        id,
        digest,
        verdict: 'deny',
        denyReason: null,
        denyNote,
        input,
        shownAt,
        armedAt: null,
      } as const;
      queue.decide(answer, { policyVersion: policyVersion() });
    }
    return waiting.length;
  }

  allowNext({ id, digest, input, shownAt, armedAt }: AllowNext): void {
    const { review, queue, clock } = this.#ports;
    const card = review.get(id);
    if (card?.digest !== digest)
      throw new BridgeFault('stale', 'This item is no longer under review.', 'Look at the current list.');
    guardInput(card, { input, armedAt }, false);
    if (!this.#judge.toolOf(card)) throw toolChanged();
    const at = clock.now();
    queue.armNext(card, { input, shownAt, armedAt, shownMs: at - shownAt, digest, scope: 'once' });
    review.take(id);
    this.#ports.onState();
    const { agentId, serverId, tool } = card;
    this.#lastApproved.note(agentId, serverId, tool, { at, arguments: argumentsOf(card) });
  }

  context(id: string): {
    offer: RememberOffer;
    inputSchema: JsonValue | null;
    lastApproved: (Approved & { changed: string[] }) | null;
  } {
    const card = this.#findOpen(id);
    const tool = this.#judge.toolOf(card);
    const last = this.#lastApproved.find(card.agentId, card.serverId, card.tool);
    return {
      offer: offerRemember(this.#judge.factsOf(card, argumentsOf(card))),
      inputSchema: tool?.definition.inputSchema ?? null,
      lastApproved: last && {
        at: last.at,
        arguments: maskOnce(last.arguments)?.value ?? last.arguments,
        changed: changedNames(last.arguments, card.arguments),
      },
    };
  }

  /** A person looks at what is masked on a card. Throws `BridgeFault` when that cannot be recorded. */
  reveal(id: string, digest: string): { arguments: JsonObject } {
    const { audit, clock, policyVersion } = this.#ports;
    const card = this.#findOpen(id);
    if (card.digest !== digest)
      throw new BridgeFault('stale', 'The call is not the one you were shown.', 'Review it again.');
    const values = maskOnce(card.arguments)?.masked.length ?? 0;
    const facts = { ...auditOf(card, clock.now()), actor: 'person', policyVersion: policyVersion() } as const;
    if (!audit.append({ ...facts, event: 'approval.revealed', details: { values } }))
      throw new BridgeFault(
        'unavailable',
        'The audit log cannot be written, so nothing is revealed.',
        'Free disk space or mend the data folder.',
      );
    return { arguments: argumentsOf(card) };
  }

  preview(id: string, shown: string, remember: Remember, edited: JsonObject | null): RememberPreview {
    const card = this.#ports.queue.pending(id, shown);
    if (edited) guardText(edited);
    const args = edited ?? argumentsOf(card);
    const digest = digestArguments(this.#ports.key, args);
    const sentence = sentenceOf(card, args, remember);
    const check = this.#checkRemember(card, args, remember);
    const grant = this.#ports.grants.draft(card, args, digest, remember, sentence);
    const since = this.#ports.clock.now() - pastDays * dayMs;
    return {
      sentence,
      needsStepUp: check.ok && check.needsStepUp,
      refusal: check.ok ? null : check.reason,
      past: countPast(this.#ports, grant, this.#judge.toolOf(card), digest, since),
    };
  }

  checkEdit(id: string, digest: string, edited: JsonObject): EditCheck {
    return this.#judge.judgeEdit(this.#ports.queue.pending(id, digest), edited);
  }

  dismiss(ids: readonly string[]): void {
    for (const id of ids) this.#ports.review.dismiss(id);
  }

  setAway(isAway: boolean): void {
    const { audit, away } = this.#ports;
    audit.append({ event: isAway ? 'approvals.away' : 'approvals.back', actor: 'person' });
    away.set(isAway);
  }

  setSettings(changes: ApprovalSettingsChange): void {
    this.#ports.settings.change(changes);
    this.presenceChanged();
  }

  /** The person came or went, or what follows from that was changed. */
  presenceChanged(): void {
    this.#ports.queue.followPresence();
    this.#ports.onState();
  }

  /** A new policy is in force. */
  policyChanged(): void {
    this.#ports.queue.reconsider();
    this.#ports.onState();
  }

  fatigue(days: number): Fatigue {
    const { store, clock } = this.#ports;
    const now = clock.now();
    return measureFatigue(store.approvalRows(now - days * dayMs, maxFatigueRows), days, now);
  }

  close(): void {
    this.#ports.away.close();
    this.#ports.grants.stop();
    this.#ports.queue.close();
  }

  #findOpen(id: string): ApprovalView {
    const card = this.#ports.queue.open().find((one) => one.id === id) ?? this.#ports.review.get(id);
    if (card) return card;
    throw new BridgeFault('stale', 'This call has already been answered or is over.', 'Look at the current list.');
  }

  #admitEdit(card: ApprovalView, edited: JsonObject, extras: AnswerExtras): void {
    const check = this.#judge.judgeEdit(card, edited);
    const tool = this.#judge.toolOf(card);
    if (!check.ok || !tool)
      throw new BridgeFault('bad_request', check.message, 'Change the arguments, or deny the call.');
    const digest = this.#judge.digestOf(card, tool, edited);
    // put back as it was: no edit at all
    if (digest === card.digest) return;
    extras.edit = { arguments: edited, argumentsDigest: digestArguments(this.#ports.key, edited), digest };
  }

  #admitRemember(card: ApprovalView, args: JsonObject, remember: Remember): { needsStepUp: boolean; grant: LiveGrant } {
    const check = this.#checkRemember(card, args, remember);
    if (!check.ok) throw new BridgeFault('bad_request', check.reason, 'Approve once, or choose something narrower.');
    const sentence = sentenceOf(card, args, remember);
    const digest = digestArguments(this.#ports.key, args);
    const grant = this.#ports.grants.draft(card, args, digest, remember, sentence);
    return { needsStepUp: check.needsStepUp, grant };
  }

  /** Offered for this call, and sure to let this very call through: else it would be a permission for nothing. */
  #checkRemember(card: ApprovalView, args: JsonObject, remember: Remember): RememberCheck {
    const check = checkRemember(this.#judge.factsOf(card, args), remember);
    const tool = this.#judge.toolOf(card);
    if (!check.ok || !tool) return check;
    const digest = digestArguments(this.#ports.key, args);
    const grant = this.#ports.grants.draft(card, args, digest, remember, []);
    const risk = this.#judge.riskOf(card, args);
    return fitsCall(grant, tool, { arguments: args, argumentsDigest: digest, risk }) ? check : unsure;
  }

  #toExtras(card: ApprovalView, remember: Remember, grant: LiveGrant): NonNullable<AnswerExtras['remember']> {
    const { grants } = this.#ports;
    const summary = summariseRemember(remember);
    return {
      summary,
      scope: `${remember.duration} × ${remember.match.kind}`,
      grantId: grant.id,
      write: () => grants.write(grant, card, summary),
      written: () => grants.written(),
    };
  }

  /** Nothing is held while the person proves who they are: the card may end meanwhile, and then the answer is stale. */
  async #confirm(card: ApprovalView): Promise<void> {
    if (this.#confirming.has(card.id))
      throw new BridgeFault('conflict', 'You are already being asked to confirm this.', 'Answer that first.');
    this.#confirming.add(card.id);
    try {
      const why = `let ${plain(card.agentName)} use ${plain(card.tool)} without asking, for ever`;
      if (await this.#ports.stepUp.confirm(why)) return;
    } finally {
      this.#confirming.delete(card.id);
    }
    throw new BridgeFault(
      'unavailable',
      'It was not confirmed that it is you, so nothing was approved.',
      'Try again, or choose a shorter time.',
    );
  }
}

function sentenceOf(card: ApprovalView, args: JsonObject, remember: Remember): SentencePart[] {
  const { agentName, serverName, tool } = card;
  return describeRemember({ agentName, serverName, tool, arguments: args }, remember);
}

/** For the system's own dialog: one short line without control or invisible characters. */
function plain(text: string): string {
  return text
    .replace(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, 60);
}
