import { unknownMethod, unknownTask } from '../core/refusals.ts';
import type { Exchange } from '../exchange.ts';
import { type CallRoute, plainRoute } from './call-route.ts';
import { describePlainTarget } from './plain-target.ts';
import type { PipelinePorts } from './ports.ts';

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
  const { agent, scope, params } = exchange;
  const findTask = () => {
    const server = ports.visibility.sole(agent.id, scope);
    if (!server || taskId === null) return null;
    const task = ports.tasks.find(agent.id, server.id, taskId);
    return task && { server, task };
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
    standingApproval: () => findTask()?.task.approvalId ?? null,
    missing: taskId === null ? unknownMethod : unknownTask(taskId),
  };
}

/** `tasks/list`, filtered to the agent's own tasks when it comes back. */
function findList(ports: PipelinePorts, exchange: Exchange) {
  const server = ports.visibility.sole(exchange.agent.id, exchange.scope);
  if (!server || !ports.visibility.isOpen(exchange.agent.id, server.id)) return null;
  const about = { kind: 'vendor', server, name: exchange.method, exposedName: exchange.method } as const;
  return describePlainTarget({ ...about, arguments: {}, params: exchange.params });
}
