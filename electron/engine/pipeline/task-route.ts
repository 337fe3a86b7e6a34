import { unknownMethod, unknownTask } from '../core/refusals.ts';
import type { Era, Exchange } from '../exchange.ts';
import type { CatalogServer } from '../upstream/catalog.ts';
import { isObject } from '../wire/parse-message.ts';
import { type CallRoute, plainRoute } from './call-route.ts';
import type { ForwardedCall } from './forward-call.ts';
import { checkAnswers } from './govern-task.ts';
import { describePlainTarget } from './plain-target.ts';
import type { PipelinePorts } from './ports.ts';
import { sendForTask } from './send-for-task.ts';

/** Task methods of each era; tasks do not cross eras. */
export const taskMethods = {
  legacy: new Set(['tasks/get', 'tasks/result', 'tasks/list', 'tasks/cancel']),
  modern: new Set(['tasks/get', 'tasks/update', 'tasks/cancel']),
} as const;

/**
 * A request about a task. The switch of the tool whose call started it decides, and the approval of that call stands: an
 * agent that polls bothers nobody. A task nobody knows, or of another agent, is not there.
 */
export function taskRoute(ports: PipelinePorts, exchange: Exchange, taskId: string | null): CallRoute {
  const { agent, params } = exchange;
  const findTask = () => {
    const found = taskServers(ports, agent.id, exchange.scope, exchange.era).flatMap((server) => {
      const task = taskId === null ? null : ports.tasks.find(agent.id, server.id, taskId);
      return task ? [{ server, task }] : [];
    });
    // two servers that gave one id: nothing tells which is meant
    return found.length === 1 ? (found[0] ?? null) : null;
  };
  const send = (forwarded: ForwardedCall) => {
    const found = findTask();
    // policy was looked at just before, in the same turn
    if (!found) throw new Error('a task that was found is gone');
    return sendForTask(ports, forwarded, { task: found.task, agent, serverName: found.server.name });
  };
  return {
    ...plainRoute,
    find() {
      if (taskId === null) return findList(ports, exchange);
      const found = findTask();
      if (!found) return null;
      const { server, task } = found;
      const about = { kind: 'task', server, name: task.tool, exposedName: task.tool } as const;
      return describePlainTarget({ ...about, arguments: { id: taskId }, params });
    },
    check() {
      const task = findTask()?.task;
      const { inputResponses } = params;
      const told = task && isObject(inputResponses) ? checkAnswers(ports, task, inputResponses) : null;
      return told === null ? null : { reasonCode: 'not_asked', told };
    },
    effect: exchange.era === 'legacy' || taskId === null ? null : (forwarded) => send(forwarded),
    standingApproval: () => findTask()?.task.approvalId ?? null,
    missing: taskId === null ? unknownMethod : unknownTask(taskId),
  };
}

/** Servers of the agent's own era: tasks have no form in the other one. */
export function taskServers(ports: PipelinePorts, agentId: string, scope: string | null, era: Era): CatalogServer[] {
  return ports.visibility.seen(agentId, scope).filter(({ id }) => ports.facts(id)?.era === era);
}

/** `tasks/list`, filtered to the agent's own tasks when it comes back. */
function findList(ports: PipelinePorts, exchange: Exchange) {
  const server = ports.visibility.sole(exchange.agent.id, exchange.scope);
  if (!server || !ports.visibility.isOpen(exchange.agent.id, server.id)) return null;
  const about = { kind: 'vendor', server, name: exchange.method, exposedName: exchange.method } as const;
  return describePlainTarget({ ...about, arguments: {}, params: exchange.params });
}
