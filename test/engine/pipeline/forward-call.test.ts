import { expect, it, vi } from 'vitest';
import { arm, type DecidedCall, permit } from '../../../electron/engine/core/stages.ts';
import type { CallRoute } from '../../../electron/engine/pipeline/call-route.ts';
import { forwardCall } from '../../../electron/engine/pipeline/forward-call.ts';
import type { PipelinePorts } from '../../../electron/engine/pipeline/ports.ts';
import { makeExchange } from '../../helpers/exchange.ts';

/** Only what is used: the rest of these ports is never reached. */
const partly = <T>(ports: unknown) => ports as T;

it('never writes a call as refused that was sent, whatever breaks afterwards (security)', async () => {
  const exchange = makeExchange({ params: { name: 't' } });
  const tool = { kind: 'tool', serverId: 's', serverName: 'S', name: 't', definition: {}, definitionHash: 'h' };
  const decision = { effect: 'allow', reasonCode: 'switch_tool', trace: [] } as unknown as DecidedCall['decision'];
  const risk = { tier: 'read', reasons: [] };
  const call = partly<DecidedCall>({ id: 'c', exchange, tool, risk, decision, params: {}, arguments: {} });
  const permission = permit(call, decision, null);
  if (!permission.ok) throw new Error('not permitted');

  const rows: { event: string; outcome?: string }[] = [];
  const settled: { outcome: string }[] = [];
  const ports = partly<PipelinePorts>({
    hold: () => () => {},
    link: async () => ({ era: 'legacy', send: async () => ({ has: 'result', bytes: null }) }),
    facts: () => null,
    asksOf: () => ({ elicitation: 'deny', sampling: 'deny', roots: 'deny' }),
    world: () => ({ paused: false, agents: new Map([[exchange.agent.id, { paused: false }]]) }),
    logLevels: { raise: async () => {} },
    sessions: { logLevel: () => null },
    guards: { lookAgain: () => null, decide: () => decision, riskFor: () => risk, forwarded: () => {} },
    audit: { commit: async (row: { event: string }) => rows.push(row) > 0 },
    journal: { running: () => {}, settle: (_id: string, end: { outcome: string }) => settled.push(end) },
    timing: { upstreamMs: 1_000 },
    log: { error: vi.fn() },
  });
  const route = partly<CallRoute>({ find: () => ({ tool, risk }), effect: null });
  const reply = await forwardCall(ports, arm(permission.call, []), route, null);
  expect(JSON.stringify(reply)).toContain('Its effect is unknown');
  expect(rows).toMatchObject([{ event: 'call.decided' }, { event: 'call.settled', outcome: 'unknown' }]);
  expect(settled).toMatchObject([{ outcome: 'unknown' }]);
});
