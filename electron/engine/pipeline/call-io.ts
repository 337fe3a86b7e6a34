import type { ArmedCall } from '../core/stages.ts';
import { passesLevel } from '../eras/log-levels.ts';
import { requestLogLevel } from '../eras/request-meta.ts';
import type { Exchange } from '../exchange.ts';
import type { CallIo } from '../upstream/link.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import { eitherSignal } from './exchange-signal.ts';
import { governAsk } from './govern-ask.ts';
import type { PipelinePorts } from './ports.ts';
import { noteEndInState } from './task-end.ts';

/**
 * The way back from a server to the agent during one call. `mayGoOn`: policy on this call, at the instant it is asked;
 * `over` aborts when the call has ended, and with it whatever its server still asks.
 */
export function makeCallIo(ports: PipelinePorts, call: ArmedCall, mayGoOn: () => boolean, over: AbortSignal): CallIo {
  const { exchange, tool } = call;
  const scene = { exchange, serverId: tool.serverId, serverName: tool.serverName, callId: call.id, mayGoOn };
  return {
    signal: exchange.signal,
    timeoutMs: ports.timing.upstreamMs,
    onProgress: (params) => exchange.notify('notifications/progress', params),
    onNotification(method, params) {
      if (method === 'notifications/resources/updated')
        ports.subscriptions.updated(tool.serverId, exchange.agent.id, params);
      else if (isWanted(ports, exchange, tool.serverId, method, params)) exchange.notify(method, params);
    },
    onResting: () => exchange.rest(),
    ask: (method, params, ties) =>
      governAsk(ports, scene, method, params, { ...ties, signal: eitherSignal(ties?.signal, over) }),
    mayGoOn,
  };
}

/** News of a task on the stream of a call of its own agent; false: its end cannot be written down. */
function noteStatus(ports: PipelinePorts, { agent }: Exchange, serverId: string, params: JsonObject): boolean {
  const task = typeof params.taskId === 'string' ? ports.tasks.find(agent.id, serverId, params.taskId) : null;
  return task === null || noteEndInState(ports, agent, task, params);
}

function isWanted(
  ports: PipelinePorts,
  exchange: Exchange,
  serverId: string,
  method: string,
  params: JsonObject,
): boolean {
  // the modern era has no such notice: the agent is asked to open the page and answers when it is done
  if (method === 'notifications/elicitation/complete') return exchange.era === 'legacy';
  // they may hold questions, and have one way to the agents, where those are governed (tasks extension: listen streams only)
  if (method === 'notifications/tasks') return false;
  if (method === 'notifications/tasks/status') return noteStatus(ports, exchange, serverId, params);
  if (method !== 'notifications/message') return true;
  const { agent, session } = exchange;
  const minimum =
    exchange.era === 'modern'
      ? requestLogLevel(exchange.params)
      : ports.sessions.logLevel(agent.id, session?.id ?? null);
  // a modern request without a level wants none; a legacy session without one leaves it to the server
  if (minimum === null) return exchange.era === 'legacy';
  return passesLevel(params.level, minimum);
}
