import type { Analytics, CallClass, Percentiles } from '../shared/index.ts';
import { nextTurn } from './audit-indexer.ts';
import { hourMs, middleOf } from './store/analytics-buckets.ts';
import type { AuditSearchReader, CountRow, SpreadMeasure, SpreadRow } from './store/audit-search-contract.ts';

type Store = Pick<AuditSearchReader, 'countsBetween' | 'spreadBetween'>;

export interface FiguresPeriod {
  days: 1 | 7 | 30 | 90;
  /** Of local time to UTC, so that days begin where the person's do, as far as whole hours allow. */
  offsetMinutes: number;
  /** Milliseconds since the epoch. */
  now: number;
}

const mostRows = 10;
const dayMs = 24 * hourMs;
/** Counts by tool are read for so long at a time. */
const pieceMs = 3 * dayMs;
/** One bar of the chart over time, by the length of the range. */
const bucketHours: Readonly<Record<FiguresPeriod['days'], number>> = { 1: 1, 7: 6, 30: 24, 90: 24 };

/** Where the look of the answers to questions is cut; the last has no end. Milliseconds. */
const answerCuts = [0, 2_000, 10_000, 60_000, 300_000];

/** What an outcome counts as; see `callClasses`. */
const classes: Readonly<Record<string, CallClass>> = {
  ok: 'allowed',
  tool_error: 'failed',
  upstream_error: 'failed',
  internal_error: 'failed',
  unknown: 'failed',
  cancelled: 'cancelled',
};

/** Figures of the last days. Read piece by piece, so that nothing waits for longer than the counts of one piece take. */
export async function readFigures(store: Store, period: FiguresPeriod): Promise<Analytics> {
  const edges = listEdges(period);
  const all = new Spreads();
  const buckets: Analytics['buckets'] = [];
  for (const [index, at] of edges.slice(0, -1).entries()) {
    const to = edges[index + 1] ?? at;
    const spread = store.spreadBetween(at, to);
    all.add(spread);
    const { p50, p95 } = new Spreads().add(spread).percentiles('total', null);
    buckets.push({ at, to, ...classify(store.countsBetween('all', at, to)), p50, p95 });
    await nextTurn();
  }
  const from = edges[0] ?? 0;
  const to = edges.at(-1) ?? 0;
  const counts = await sumCounts(store, from, to);
  const outcomes = sumClasses(buckets);
  return {
    ...{ from, to, unread: 0, outcomes, buckets },
    calls: Object.values(outcomes).reduce((sum, count) => sum + count, 0),
    latency: { all: all.percentiles('total', null), added: orNull(all.percentiles('added', null)) },
    servers: all.serverIds().map((serverId) => ({
      serverId,
      total: all.percentiles('total', serverId),
      upstream: orNull(all.percentiles('upstream', serverId)),
      added: orNull(all.percentiles('added', serverId)),
    })),
    ...counts.results(),
    approvals: { ...counts.questions(), medianMs: all.percentiles('answer', null).p50, spread: all.answers() },
    definitions: [],
  };
}

async function sumCounts(store: Store, from: number, to: number): Promise<CountSums> {
  const counts = new CountSums();
  for (let at = from; at < to; at += pieceMs) {
    const end = Math.min(to, at + pieceMs);
    counts.addAgents(store.countsBetween('agent', at, end));
    counts.addTools(store.countsBetween('tool', at, end));
    counts.addRules(store.countsBetween('rule', at, end));
    counts.addQuestions(store.countsBetween('question', at, end));
    await nextTurn();
  }
  return counts;
}

/** The beginnings of the bars and the end of the last: the hour that runs now is in it. */
function listEdges({ days, offsetMinutes, now }: FiguresPeriod): number[] {
  const step = bucketHours[days] * hourMs;
  // a zone with half an hour has its days begin at the hour before
  const offset = Math.floor(offsetMinutes / 60) * hourMs;
  const last = (Math.floor((now + offset) / step) + 1) * step - offset;
  const count = (days * dayMs) / step;
  return Array.from({ length: count + 1 }, (_, index) => last - (count - index) * step);
}

function classify(rows: readonly CountRow[]): Record<CallClass, number> {
  const sums: Record<CallClass, number> = { allowed: 0, approved: 0, denied: 0, failed: 0, cancelled: 0 };
  for (const row of rows) sums[classOf(row)] += row.calls;
  return sums;
}

function classOf({ outcome, asked }: CountRow): CallClass {
  const known = classes[outcome] ?? 'denied';
  return known === 'allowed' && asked ? 'approved' : known;
}

function sumClasses(buckets: readonly Record<CallClass, number>[]): Record<CallClass, number> {
  const sum = (key: CallClass) => buckets.reduce((total, bucket) => total + bucket[key], 0);
  return {
    allowed: sum('allowed'),
    approved: sum('approved'),
    denied: sum('denied'),
    failed: sum('failed'),
    cancelled: sum('cancelled'),
  };
}

/** Adds counts up by tool, agent and rule. */
class CountSums {
  readonly #tools = new Map<string, Analytics['tools'][number]>();
  readonly #agents = new Map<string, Analytics['agents'][number]>();
  readonly #rules = new Map<string, number>();
  readonly #questions = { asked: 0, approved: 0, denied: 0, unanswered: 0 };
  #rateLimited = 0;

  results(): Pick<Analytics, 'tools' | 'agents' | 'rules' | 'rateLimited'> {
    const byCalls = (a: { calls: number }, b: { calls: number }) => b.calls - a.calls;
    return {
      tools: [...this.#tools.values()].sort(byCalls).slice(0, mostRows),
      agents: [...this.#agents.values()].sort(byCalls).slice(0, mostRows),
      rules: [...this.#rules]
        .map(([ruleId, blocked]) => ({ ruleId, name: null, blocked }))
        .sort((a, b) => b.blocked - a.blocked)
        .slice(0, mostRows),
      rateLimited: this.#rateLimited,
    };
  }

  questions(): { asked: number; approved: number; denied: number; unanswered: number } {
    return this.#questions;
  }

  addQuestions(rows: readonly CountRow[]): void {
    for (const { outcome, calls } of rows) {
      this.#questions.asked += calls;
      if (outcome === 'approved' || outcome === 'denied') this.#questions[outcome] += calls;
      else this.#questions.unanswered += calls;
    }
  }

  addTools(rows: readonly CountRow[]): void {
    for (const row of rows) {
      const key = JSON.stringify([row.id, row.second]);
      const known = this.#tools.get(key) ?? { serverId: row.id, tool: row.second, calls: 0, denied: 0 };
      this.#tools.set(key, { ...known, calls: known.calls + row.calls, denied: known.denied + deniedOf(row) });
    }
  }

  addAgents(rows: readonly CountRow[]): void {
    for (const row of rows) {
      const none = { agentId: row.id, agentName: row.label, calls: 0, denied: 0, rateLimited: 0 };
      const known = this.#agents.get(row.id) ?? none;
      const limited = row.outcome === 'rate_limited' ? row.calls : 0;
      this.#rateLimited += limited;
      this.#agents.set(row.id, {
        ...known,
        calls: known.calls + row.calls,
        denied: known.denied + deniedOf(row),
        rateLimited: known.rateLimited + limited,
      });
    }
  }

  addRules(rows: readonly CountRow[]): void {
    for (const { id, calls } of rows) this.#rules.set(id, (this.#rules.get(id) ?? 0) + calls);
  }
}

function deniedOf(row: CountRow): number {
  return classOf(row) === 'denied' ? row.calls : 0;
}

/** Histograms by measure and server. */
class Spreads {
  readonly #bars = new Map<SpreadMeasure, Map<string, Map<number, number>>>();

  add(rows: readonly SpreadRow[]): this {
    for (const { measure, serverId, bucket, calls } of rows) {
      const servers = getOrMake(this.#bars, measure, () => new Map<string, Map<number, number>>());
      const bars = getOrMake(servers, serverId, () => new Map<number, number>());
      bars.set(bucket, (bars.get(bucket) ?? 0) + calls);
    }
    return this;
  }

  /** Servers that were called, most first. */
  serverIds(): string[] {
    const servers = [...(this.#bars.get('total') ?? [])];
    const countOf = (bars: ReadonlyMap<number, number>) => [...bars.values()].reduce((sum, calls) => sum + calls, 0);
    return servers.sort(([, a], [, b]) => countOf(b) - countOf(a)).map(([serverId]) => serverId);
  }

  /** `serverId` null: of all together. */
  percentiles(measure: SpreadMeasure, serverId: string | null): Percentiles {
    const bars = this.#sorted(measure, serverId);
    const count = bars.reduce((sum, [, calls]) => sum + calls, 0);
    const at = (part: number): number | null => {
      let seen = 0;
      for (const [bucket, calls] of bars) {
        seen += calls;
        if (seen >= count * part) return middleOf(bucket);
      }
      return null;
    };
    return { count, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
  }

  answers(): Analytics['approvals']['spread'] {
    const bars = this.#sorted('answer', null);
    return answerCuts.map((fromMs, index) => {
      const toMs = answerCuts[index + 1] ?? null;
      const inside = bars.filter(([bucket]) => {
        const ms = middleOf(bucket);
        return ms >= fromMs && (toMs === null || ms < toMs);
      });
      return { fromMs, toMs, count: inside.reduce((sum, [, calls]) => sum + calls, 0) };
    });
  }

  #sorted(measure: SpreadMeasure, serverId: string | null): [number, number][] {
    const servers = this.#bars.get(measure) ?? new Map<string, Map<number, number>>();
    const wanted = serverId === null ? [...servers.values()] : [servers.get(serverId) ?? new Map<number, number>()];
    const sums = new Map<number, number>();
    for (const bars of wanted) {
      for (const [bucket, calls] of bars) sums.set(bucket, (sums.get(bucket) ?? 0) + calls);
    }
    return [...sums].sort(([a], [b]) => a - b);
  }
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}

function orNull(percentiles: Percentiles): Percentiles | null {
  return percentiles.count === 0 ? null : percentiles;
}
