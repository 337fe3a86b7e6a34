import type { Decision, Risk } from '../../shared/index.ts';
import type { AgentIdentity, Exchange } from '../exchange.ts';
import type { CatalogTool } from '../upstream/catalog.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import { describeCall } from './govern-call.ts';
import type { PipelinePorts } from './ports.ts';
import { describeToolTarget } from './tool-route.ts';

/** What risk and policy say of a call that is not made: described and decided as a real one, from no session. */
export function judgeCall(
  ports: PipelinePorts,
  agent: AgentIdentity,
  tool: CatalogTool,
  args: JsonObject,
): { decision: Decision; risk: Risk } {
  const params = { name: tool.exposedName, arguments: args };
  const exchange: Exchange = {
    era: 'legacy',
    agent,
    session: null,
    scope: null,
    id: 0,
    method: 'tools/call',
    params,
    signal: new AbortController().signal,
    receivedAt: performance.now(),
    patienceMs: 0,
    notify: () => {},
    canAsk: () => false,
    ask: async () => ({ kind: 'unsupported' }),
    rest: () => {},
    setWaiting: () => {},
  };
  const target = describeToolTarget(tool, params, args);
  const call = describeCall(ports, { id: '', at: ports.clock.now(), exchange }, target);
  return { decision: ports.guards.decideInPlace(call), risk: call.risk };
}
