import type { CallDetail, CallView, Decision, Outcome, Risk, TimelineEntry } from '../../shared/index.ts';
import type { EventBus } from '../event-bus.ts';
import type { JsonObject } from '../wire/json-rpc.ts';

/** Calls held for Live, newest last. Older ones are in the audit log. */
const maxCalls = 5_000;
/** Arguments and results held in memory, in bytes, over all calls; the oldest are let go first. */
const payloadBudget = 8 * 1024 * 1024;
const maxResultBytes = 64 * 1024;
const maxArgumentBytes = 256 * 1024;

interface Entry {
  view: CallView;
  decision: Decision | null;
  risk: Risk | null;
  clientName: string | null;
  arguments: JsonObject | null;
  argumentsDigest: string | null;
  result: Buffer | null;
  resultBytes: number;
  resultDigest: string | null;
  told: string | null;
  timeline: TimelineEntry[];
  /** `performance.now()` of receipt. */
  startedAt: number;
  payloadBytes: number;
  forgotten: boolean;
  cancel: (() => void) | null;
}

export interface Opening {
  id: string;
  at: number;
  startedAt: number;
  agentId: string;
  agentName: string;
  clientName: string | null;
  serverId: string;
  tool: string;
  cancel: () => void;
}

export interface Settling {
  outcome: Outcome;
  told: string | null;
  result: Buffer | null;
  resultDigest: string | null;
  waitedMs: number | null;
}

/** The calls of this engine run as Live shows them. It only tells; it decides nothing and nothing waits for it. */
export class CallJournal {
  readonly #bus: EventBus;
  readonly #entries = new Map<string, Entry>();
  readonly #payloads = new Map<string, Entry>();
  #payloadBytes = 0;

  constructor(bus: EventBus) {
    this.#bus = bus;
  }

  open(opening: Opening): void {
    const { startedAt, clientName, cancel, ...rest } = opening;
    const view: CallView = {
      ...rest,
      subject: '',
      status: 'received',
      outcome: null,
      effect: null,
      riskTier: 'write',
      durationMs: null,
      waitedMs: null,
      approvalId: null,
      expiresAt: null,
    };
    this.#entries.set(opening.id, {
      view,
      decision: null,
      risk: null,
      clientName,
      arguments: null,
      argumentsDigest: null,
      result: null,
      resultBytes: 0,
      resultDigest: null,
      told: null,
      timeline: [{ offsetMs: 0, name: 'received', note: null }],
      startedAt,
      payloadBytes: 0,
      forgotten: false,
      cancel,
    });
    this.#evictOldest();
    this.#changed(opening.id);
  }

  /** A parked call goes on under its own id, with a new way to cancel it. */
  resume(id: string, cancel: () => void): void {
    this.#update(id, 'resumed', (entry) => {
      entry.cancel = cancel;
      entry.view.status = 'received';
    });
  }

  resolved(
    id: string,
    about: {
      arguments: JsonObject;
      argumentsDigest: string;
      subject: string;
      risk: Risk;
      serverId: string;
      tool: string;
    },
  ): void {
    this.#update(id, 'resolved', (entry) => {
      entry.risk = about.risk;
      entry.argumentsDigest = about.argumentsDigest;
      entry.arguments = about.arguments;
      Object.assign(entry.view, {
        subject: about.subject,
        riskTier: about.risk.tier,
        serverId: about.serverId,
        tool: about.tool,
      });
      const bytes = JSON.stringify(about.arguments).length;
      if (bytes <= maxArgumentBytes) this.#hold(id, entry, bytes);
      else entry.arguments = null;
    });
  }

  decided(id: string, decision: Decision): void {
    this.#update(id, 'decided', (entry) => {
      entry.decision = decision;
      entry.view.effect = decision.effect;
    });
  }

  awaitingApproval(id: string, approvalId: string, expiresAt: number): void {
    this.#update(id, 'waiting for a person', (entry) => {
      Object.assign(entry.view, { status: 'awaiting_approval', approvalId, expiresAt });
    });
  }

  /** The card this call waits on, or the end of its wait, changed. */
  waitingOn(id: string, approvalId: string, expiresAt: number): void {
    const entry = this.#entries.get(id);
    if (entry?.view.status !== 'awaiting_approval') return;
    Object.assign(entry.view, { approvalId, expiresAt });
    this.#changed(id);
  }

  note(id: string, name: string, note: string | null = null): void {
    const entry = this.#entries.get(id);
    if (entry) this.#mark(entry, name, note);
  }

  running(id: string): void {
    this.#update(id, 'sent to the server', (entry) => {
      Object.assign(entry.view, { status: 'running', expiresAt: null });
    });
  }

  settle(id: string, settling: Settling): CallView | null {
    this.#update(id, 'settled', (entry) => {
      entry.told = settling.told;
      entry.cancel = null;
      entry.resultDigest = settling.resultDigest;
      Object.assign(entry.view, {
        status: 'settled',
        outcome: settling.outcome,
        durationMs: round(performance.now() - entry.startedAt),
        waitedMs: settling.waitedMs,
        approvalId: null,
        expiresAt: null,
      });
      if (settling.result) this.#keepResult(id, entry, settling.result);
    });
    return this.#entries.get(id)?.view ?? null;
  }

  view(id: string): CallView | null {
    return this.#entries.get(id)?.view ?? null;
  }

  /** True when there was a running or waiting call to cancel. */
  cancel(id: string): boolean {
    const cancel = this.#entries.get(id)?.cancel;
    cancel?.();
    return Boolean(cancel);
  }

  /** Cancels every call that is on its way to a server or at it, of one agent or of all; cards stay. Returns how many. */
  cancelRunning(agentId: string | null): number {
    let cancelled = 0;
    for (const { view, cancel } of this.#entries.values()) {
      if (!cancel || (agentId !== null && view.agentId !== agentId)) continue;
      if (view.status !== 'received' && view.status !== 'running') continue;
      cancel();
      cancelled += 1;
    }
    return cancelled;
  }

  /** Newest first. */
  recent(limit: number): CallView[] {
    const newest: CallView[] = [];
    const all = [...this.#entries.values()];
    for (let i = all.length - 1; i >= 0 && newest.length < limit; i -= 1) {
      const entry = all[i];
      if (entry) newest.push({ ...entry.view });
    }
    return newest;
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  detail(id: string): CallDetail | null {
    const entry = this.#entries.get(id);
    if (!entry) return null;
    return {
      view: { ...entry.view },
      decision: entry.decision,
      risk: entry.risk,
      arguments: entry.arguments,
      masked: [],
      argumentsDigest: entry.argumentsDigest,
      result: entry.result
        ? {
            text: entry.result.toString('utf8'),
            bytes: entry.resultBytes,
            truncated: entry.resultBytes > entry.result.length,
          }
        : null,
      resultDigest: entry.resultDigest,
      told: entry.told,
      timeline: entry.timeline,
      clientName: entry.clientName,
      forgotten: entry.forgotten,
    };
  }

  #keepResult(id: string, entry: Entry, result: Buffer): void {
    entry.resultBytes = result.length;
    // a copy: the original may be a slice of a much larger receive buffer
    entry.result = Buffer.from(result.subarray(0, maxResultBytes));
    this.#hold(id, entry, entry.result.length);
  }

  #hold(id: string, entry: Entry, bytes: number): void {
    entry.payloadBytes += bytes;
    this.#payloadBytes += bytes;
    this.#payloads.set(id, entry);
    for (const [oldId, old] of this.#payloads) {
      if (this.#payloadBytes <= payloadBudget) break;
      if (old === entry || old.view.status !== 'settled') continue;
      old.arguments = null;
      old.result = null;
      old.forgotten = true;
      this.#release(oldId, old);
    }
  }

  #release(id: string, entry: Entry): void {
    this.#payloadBytes -= entry.payloadBytes;
    entry.payloadBytes = 0;
    this.#payloads.delete(id);
  }

  #evictOldest(): void {
    if (this.#entries.size <= maxCalls) return;
    for (const [id, entry] of this.#entries) {
      if (entry.view.status !== 'settled') continue;
      this.#release(id, entry);
      this.#entries.delete(id);
      return;
    }
  }

  #update(id: string, step: string, change: (entry: Entry) => void): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    change(entry);
    this.#mark(entry, step, null);
    this.#changed(id);
  }

  #mark(entry: Entry, name: string, note: string | null): void {
    if (entry.timeline.length < 64)
      entry.timeline.push({ offsetMs: round(performance.now() - entry.startedAt), name, note });
  }

  #changed(id: string): void {
    const entry = this.#entries.get(id);
    if (entry) this.#bus.emit(`call:${id}`, () => ({ type: 'call.changed', call: { ...entry.view } }));
  }
}

/** Milliseconds with three decimals. */
function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
