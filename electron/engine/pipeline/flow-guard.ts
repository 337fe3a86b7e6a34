import type { FlowClass } from '../core/flow-class.ts';

/** What one session has taken in. */
interface Flow {
  privateBy: { tool: string; at: number } | null;
  foreignBy: { tool: string; at: number } | null;
  /** What spoke to the agent in a result. */
  heardFrom: { tool: string; at: number } | null;
  /** Outward tools a person let through since the last foreign text; they do not ask again until there is more of it. */
  cleared: Set<string>;
}

/** What was read longer ago than this no longer counts, milliseconds. */
const windowMs = 30 * 60_000;
/** Sessions remembered; the one that was quiet longest goes first. */
const maxFlows = 1_000;

/**
 * Watches each session for the three things that together let foreign text carry private data away: private data was
 * read, text of strangers was read, and now a call can send something out. Times are milliseconds since the epoch.
 */
export class FlowGuard {
  readonly #flows = new Map<string, Flow>();

  /** Why this call should ask; null when there is no reason. */
  suspect(session: string, tool: string, flowClass: FlowClass, now: number): string | null {
    if (!flowClass.sendsOut) return null;
    const flow = this.#flows.get(session);
    if (!flow || !isFresh(flow.privateBy, now) || !isFresh(flow.foreignBy, now) || flow.cleared.has(tool)) return null;
    return (
      `This session has read private data (${flow.privateBy?.tool}) and text that others may have written ` +
      `(${flow.foreignBy?.tool}); this call can send data out.`
    );
  }

  /** Why this call should ask: a result has told the agent what to do since somebody last let this tool through. */
  suspectHeard(session: string, tool: string, flowClass: FlowClass, now: number): string | null {
    const flow = this.#flows.get(session);
    if (!flowClass.sendsOut || !flow || !isFresh(flow.heardFrom, now) || flow.cleared.has(tool)) return null;
    return `A result this session has read speaks to the agent (${flow.heardFrom?.tool}); this call can send data out.`;
  }

  heard(session: string, tool: string, now: number): void {
    const flow = this.#take(session);
    flow.heardFrom = { tool, at: now };
    flow.cleared.clear();
    this.#keep(session, flow);
  }

  /** A call goes to its server. `approved`: a person let it through though it was suspected. */
  note(session: string, tool: string, flowClass: FlowClass, approved: boolean, now: number): void {
    const { readsPrivate, readsForeign } = flowClass;
    if (!this.#flows.has(session) && !readsPrivate && !readsForeign) return;
    const flow = this.#take(session);
    if (readsPrivate) flow.privateBy = { tool, at: now };
    if (readsForeign) {
      flow.foreignBy = { tool, at: now };
      flow.cleared.clear();
    }
    if (approved) flow.cleared.add(tool);
    this.#keep(session, flow);
  }

  #take(session: string): Flow {
    return (
      this.#flows.get(session) ?? { privateBy: null, foreignBy: null, heardFrom: null, cleared: new Set<string>() }
    );
  }

  #keep(session: string, flow: Flow): void {
    this.#flows.delete(session);
    this.#flows.set(session, flow);
    const [oldest] = this.#flows.keys();
    if (this.#flows.size > maxFlows && oldest !== undefined) this.#flows.delete(oldest);
  }
}

function isFresh(mark: { at: number } | null, now: number): boolean {
  return mark !== null && now - mark.at <= windowMs;
}
