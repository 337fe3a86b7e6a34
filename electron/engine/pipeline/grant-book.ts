import { randomUUID } from 'node:crypto';
import {
  type ApprovalView,
  formatArgumentPath,
  type GrantMatch,
  type GrantView,
  joinSentence,
  type LiveGrant,
  liveGrantSchema,
  type Remember,
  type RememberDuration,
  type RememberMatch,
  type SentencePart,
} from '../../shared/index.ts';
import { BridgeFault } from '../faults.ts';
import type { Clock } from '../ports.ts';
import type { StoreWriter } from '../store/contract.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import type { AuditGate } from './audit-gate.ts';

interface Ports {
  store: Pick<StoreWriter, 'liveGrants' | 'putLiveGrant' | 'deleteLiveGrant'>;
  audit: AuditGate;
  clock: Clock;
  nameOf(agentId: string): string;
  /** Grants were written, shortened or ended: policy takes them over. */
  onChanged(): void;
}

const durationsMs: Readonly<Record<RememberDuration, number | null>> = {
  '15m': 15 * 60_000,
  '1h': 60 * 60_000,
  until_quit: null,
  always: null,
};
const maxSentence = 500;
/** Beyond this a timer would fire at once; the list is read anew then anyway. */
const maxTimerMs = 24 * 3_600_000;
/** After a sweep the database refused. */
const retryMs = 60_000;

/** The remembered approvals in force: written with an answer, listed, shortened, ended. Nothing here makes one longer. */
export class GrantBook {
  readonly #ports: Ports;
  #timer: NodeJS.Timeout | null = null;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** Drops what ended with the last run of the engine, and watches the ends to come. */
  start(): void {
    const { store, clock } = this.#ports;
    const over = store.liveGrants().filter((grant) => grant.untilQuit || isOver(grant, clock.now()));
    for (const grant of over) store.deleteLiveGrant(grant.id);
    this.#watchEnds();
    if (over.length > 0) this.#ports.onChanged();
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
  }

  /** Newest first. */
  views(): GrantView[] {
    const { store, clock, nameOf } = this.#ports;
    return store
      .liveGrants()
      .filter((grant) => !isOver(grant, clock.now()))
      .reverse()
      .map((grant) => ({
        id: grant.id,
        agentId: grant.agentId,
        agentName: nameOf(grant.agentId),
        serverId: grant.serverId,
        tool: grant.tool,
        sentence: grant.sentence,
        createdAt: grant.createdAt,
        expiresAt: grant.expiresAt,
        untilQuit: grant.untilQuit,
      }));
  }

  /** The permission an answer becomes; nothing is written yet. Throws `BridgeFault` when it cannot be kept. */
  draft(card: ApprovalView, args: JsonObject, digest: string, remember: Remember, sentence: SentencePart[]): LiveGrant {
    const at = this.#ports.clock.now();
    const lastsMs = durationsMs[remember.duration];
    const parsed = liveGrantSchema.safeParse({
      id: randomUUID(),
      agentId: card.agentId,
      serverId: card.serverId,
      tool: card.tool,
      match: toGrantMatch(remember.match, args, digest),
      expiresAt: lastsMs === null ? null : at + lastsMs,
      untilQuit: remember.duration === 'until_quit',
      usesLeft: null,
      createdAt: at,
      approvalId: card.id,
      sentence: joinSentence(sentence, maxSentence),
    });
    if (parsed.success) return parsed.data;
    throw new BridgeFault(
      'bad_request',
      'This pattern has too many parts to be remembered.',
      'Choose fewer conditions.',
    );
  }

  /** Writes a grant, inside the transaction of the answer it came with. Throws when it cannot be recorded. */
  write(grant: LiveGrant, card: ApprovalView, summary: string): void {
    this.#ports.store.putLiveGrant(grant);
    const recorded = this.#ports.audit.append({
      ...aboutGrant(grant, card.agentName),
      event: 'grant.remembered',
      actor: 'person',
      effect: 'allow',
      riskTier: card.risk.tier,
      approvalId: card.id,
      // never the sentence: it holds values of the arguments, and this log keeps none
      details: { grantId: grant.id, summary, expiresAt: grant.expiresAt },
    });
    if (!recorded) throw new BridgeFault('unavailable', 'The audit log cannot be written, so nothing was remembered.');
  }

  /** A grant was written and is committed. */
  written(): void {
    this.#watchEnds();
    this.#ports.onChanged();
  }

  /** Ends a grant earlier than it would. Throws `BridgeFault` when that is not earlier. */
  shorten(id: string, expiresAt: number): void {
    const { store, clock } = this.#ports;
    const grant = this.#find(id);
    if (grant.expiresAt !== null && expiresAt >= grant.expiresAt)
      throw new BridgeFault(
        'bad_request',
        'A remembered approval can be shortened, never extended.',
        'Let it end; the next call will ask, and you can remember that.',
      );
    if (expiresAt <= clock.now()) {
      this.end(id);
      return;
    }
    store.putLiveGrant({ ...grant, expiresAt: Math.round(expiresAt) });
    this.#record(grant, 'grant.shortened', { from: grant.expiresAt, to: Math.round(expiresAt) });
    this.#watchEnds();
    this.#ports.onChanged();
  }

  end(id: string): void {
    const grant = this.#find(id);
    this.#ports.store.deleteLiveGrant(id);
    this.#record(grant, 'grant.ended', {});
    this.#watchEnds();
    this.#ports.onChanged();
  }

  #find(id: string): LiveGrant {
    const grant = this.#ports.store.liveGrants().find((one) => one.id === id);
    if (grant && !isOver(grant, this.#ports.clock.now())) return grant;
    throw new BridgeFault('stale', 'This remembered approval has already ended.', 'Look at the current list.');
  }

  /** Both changes only narrow, so they count even when they cannot be written down. */
  #record(grant: LiveGrant, event: string, details: JsonObject): void {
    const facts = aboutGrant(grant, this.#ports.nameOf(grant.agentId));
    this.#ports.audit.append({
      ...facts,
      event,
      actor: 'person',
      details: { grantId: grant.id, ...details },
    });
  }

  /** Rows of what is over are removed when it is over, so that lists and policy need not wait for another change. */
  #watchEnds(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const { store, clock } = this.#ports;
    const ends = store.liveGrants().flatMap((grant) => (grant.expiresAt === null ? [] : [grant.expiresAt]));
    if (ends.length === 0) return;
    const leftMs = Math.min(Math.max(0, Math.min(...ends) - clock.now()), maxTimerMs);
    this.#timer = setTimeout(() => this.#trySweep(), leftMs);
    this.#timer.unref();
  }

  /** What is over counts no more, whether or not its row is gone: a sweep that fails is only tried again. */
  #trySweep(): void {
    try {
      this.#sweep();
    } catch {
      this.#timer = setTimeout(() => this.#trySweep(), retryMs);
      this.#timer.unref();
    }
  }

  #sweep(): void {
    const { store, clock, audit, nameOf } = this.#ports;
    const over = store.liveGrants().filter((grant) => isOver(grant, clock.now()));
    for (const grant of over) {
      store.deleteLiveGrant(grant.id);
      audit.append({
        ...aboutGrant(grant, nameOf(grant.agentId)),
        event: 'grant.expired',
        actor: 'engine',
        details: { grantId: grant.id },
      });
    }
    this.#watchEnds();
    if (over.length > 0) this.#ports.onChanged();
  }
}

function isOver(grant: LiveGrant, now: number): boolean {
  return (grant.expiresAt !== null && grant.expiresAt <= now) || (grant.usesLeft !== null && grant.usesLeft <= 0);
}

function aboutGrant(grant: LiveGrant, agentName: string) {
  return { agentId: grant.agentId, agentName, serverId: grant.serverId, tool: grant.tool };
}

/** What the person chose for each argument, as policy compares it. */
function toGrantMatch(match: RememberMatch, args: JsonObject, argumentsDigest: string): GrantMatch {
  if (match.kind === 'exact') return { kind: 'exact', argumentsDigest };
  if (match.kind === 'any') return { kind: 'any' };
  const equals: JsonObject = {};
  const free: string[] = [];
  const conditions: Extract<GrantMatch, { kind: 'pattern' }>['conditions'] = [];
  for (const [name, choice] of Object.entries(match.arguments)) {
    const argument = formatArgumentPath([name]);
    if (choice.kind === 'any') free.push(name);
    else if (choice.kind === 'inside') conditions.push({ argument, op: 'pathInside', value: choice.folder });
    else if (choice.kind === 'host') conditions.push({ argument, op: 'hostIs', value: choice.host });
    else if (Object.hasOwn(args, name)) Object.defineProperty(equals, name, { value: args[name], enumerable: true });
  }
  return { kind: 'pattern', equals, free, conditions };
}
