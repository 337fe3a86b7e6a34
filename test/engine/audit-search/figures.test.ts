import { describe, expect, it } from 'vitest';
import { readFigures } from '../../../electron/engine/analytics.ts';
import { bucketOf, hourMs, middleOf } from '../../../electron/engine/store/analytics-buckets.ts';
import type { AuditEvent, StoreWriter } from '../../../electron/engine/store/contract.ts';
import type { Analytics } from '../../../electron/shared/index.ts';
import { fc } from '../../helpers/property.ts';
import { appendCall, makeStore, sampleEvent } from '../store/samples.ts';
import { catchUp, makeIndexer } from './fixture.ts';

const now = Date.UTC(2026, 10, 22, 14, 20);

const outcomes = [
  'ok',
  'tool_error',
  'denied',
  'rate_limited',
  'approval_denied',
  'cancelled',
  'upstream_error',
] as const;
const callArbitrary = fc.record({
  hoursAgo: fc.integer({ min: 0, max: 30 }),
  agent: fc.integer({ min: 0, max: 2 }),
  tool: fc.constantFrom('read_file', 'write_file', 'query'),
  outcome: fc.constantFrom(...outcomes),
  ms: fc.integer({ min: 0, max: 5_000 }),
  asked: fc.boolean(),
  rule: fc.constantFrom(null, 'rule-1', 'rule-2'),
});
type Call = (typeof callArbitrary extends fc.Arbitrary<infer T> ? T : never) & object;

function append(store: StoreWriter, call: Call, index: number): void {
  const isRefused = !['ok', 'tool_error', 'upstream_error', 'cancelled'].includes(call.outcome);
  const change: Partial<AuditEvent> = {
    at: now - call.hoursAgo * hourMs,
    agentId: `agent-${call.agent}`,
    agentName: `Agent ${call.agent}`,
    tool: call.tool,
    outcome: call.outcome,
    durationMs: call.ms,
    approvalId: call.asked ? `approval-${index}` : null,
    reasonCode: call.rule === null ? 'switch_tool' : 'rule_deny',
    ruleId: call.rule,
    ...(isRefused ? { event: 'call.refused' } : {}),
  };
  appendCall(store, `call-${index}`, change);
}

/** The same figures from the calls themselves. */
function countRaw(calls: readonly Call[], from: number) {
  const inRange = calls.filter((call) => now - call.hoursAgo * hourMs >= from);
  const denied = ['denied', 'rate_limited', 'approval_denied'];
  const failed = ['tool_error', 'upstream_error'];
  const count = (test: (call: Call) => boolean) => inRange.filter(test).length;
  const isDenied = ({ outcome }: Call) => denied.includes(outcome);
  const group = (key: (call: Call) => string) => {
    const sums = new Map<string, { calls: number; denied: number }>();
    for (const call of inRange) {
      const sum = sums.get(key(call)) ?? { calls: 0, denied: 0 };
      sums.set(key(call), { calls: sum.calls + 1, denied: sum.denied + Number(isDenied(call)) });
    }
    return sums;
  };
  return {
    calls: inRange.length,
    rateLimited: count(({ outcome }) => outcome === 'rate_limited'),
    outcomes: {
      allowed: count(({ outcome, asked }) => outcome === 'ok' && !asked),
      approved: count(({ outcome, asked }) => outcome === 'ok' && asked),
      denied: count(isDenied),
      failed: count(({ outcome }) => failed.includes(outcome)),
      cancelled: count(({ outcome }) => outcome === 'cancelled'),
    },
    tools: group(({ tool }) => tool),
    agents: group(({ agent }) => `agent-${agent}`),
    rules: new Map(
      ['rule-1', 'rule-2']
        .map((rule) => [rule, count((call) => call.rule === rule)] as const)
        .filter(([, sum]) => sum > 0),
    ),
  };
}

function tell(figures: Analytics) {
  const { calls, rateLimited, outcomes: ended, tools, agents, rules } = figures;
  const pick = ({ calls: sum, denied }: { calls: number; denied: number }) => ({ calls: sum, denied });
  return {
    calls,
    rateLimited,
    outcomes: ended,
    tools: new Map(tools.map((tool) => [tool.tool, pick(tool)])),
    agents: new Map(agents.map((agent) => [agent.agentId, pick(agent)])),
    rules: new Map(rules.map(({ ruleId, blocked }) => [ruleId, blocked])),
  };
}

describe('figures of the audit log', () => {
  it('are those of the rows themselves, however the log was read', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(callArbitrary, { maxLength: 25 }), { minLength: 1, maxLength: 4 }),
        async (batches) => {
          const store = makeStore();
          let index = 0;
          for (const batch of batches) {
            for (const call of batch) append(store, call, index++);
            store.indexFacts(1 + (index % 7));
          }
          await catchUp(makeIndexer(store));
          const figures = await readFigures(store, { days: 1, offsetMinutes: 0, now });
          expect(tell(figures)).toEqual(countRaw(batches.flat(), figures.from));
          const sum = figures.buckets.reduce((total, { allowed, approved }) => total + allowed + approved, 0);
          expect(sum).toBe(figures.outcomes.allowed + figures.outcomes.approved);
          store.close();
        },
      ),
      { numRuns: 12 },
    );
  });

  it('tell percentiles within 8 %, apart for the server and for what was added', async () => {
    const store = makeStore();
    for (let index = 1; index <= 200; index += 1) {
      appendCall(store, `call-${index}`, { at: now, durationMs: index + 2, upstreamMs: index, waitedMs: 1 });
    }
    await catchUp(makeIndexer(store));
    const { servers, latency } = await readFigures(store, { days: 7, offsetMinutes: 330, now });
    const [server] = servers;
    expect(server?.upstream?.count).toBe(200);
    expect(Math.abs((server?.upstream?.p50 ?? 0) / 100 - 1)).toBeLessThan(0.08);
    expect(Math.abs((server?.upstream?.p95 ?? 0) / 190 - 1)).toBeLessThan(0.08);
    expect(Math.abs((latency.added?.p50 ?? 0) - 1)).toBeLessThan(0.08);
    for (const ms of [0.4, 1, 17, 333, 90_000]) expect(Math.abs(middleOf(bucketOf(ms)) / ms - 1)).toBeLessThan(0.08);
  });

  it('count questions by how they ended', async () => {
    const store = makeStore();
    const base = { event: 'approval.decided', outcome: null, at: now } as const;
    for (const waitedMs of [1_000, 4_000, 30_000])
      store.appendAudit(sampleEvent({ ...base, actor: 'person', effect: 'allow', waitedMs }));
    store.appendAudit(sampleEvent({ ...base, actor: 'person', effect: 'deny', waitedMs: 5_000 }));
    store.appendAudit(sampleEvent({ ...base, actor: 'engine', effect: 'deny', waitedMs: 300_000 }));
    await catchUp(makeIndexer(store));
    const { approvals, calls } = await readFigures(store, { days: 1, offsetMinutes: 0, now });
    expect(calls).toBe(0);
    expect(approvals).toMatchObject({ asked: 5, approved: 3, denied: 1, unanswered: 1 });
    expect(Math.abs((approvals.medianMs ?? 0) / 4_000 - 1)).toBeLessThan(0.08);
    expect(approvals.spread.map(({ count }) => count)).toEqual([1, 2, 1, 0, 0]);
  });
});
