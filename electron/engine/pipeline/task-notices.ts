import type { AgentIdentity } from '../exchange.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import { isSpelled } from '../wire/raw-response.ts';
import { governQuestions, type TaskView } from './govern-task.ts';
import { isPausedFor } from './paused.ts';
import type { PipelinePorts } from './ports.ts';
import { noteEndInState } from './task-end.ts';
import type { KnownTask } from './task-table.ts';

/** Whose task it is, and how its agent hears of it. */
export interface TaskAudience {
  agent: AgentIdentity;
  task: KnownTask;
  /** True while the agent may hear of the task. */
  mayHear(): boolean;
  notify(params: JsonObject): void;
}

/**
 * News of a task hold what asking for it would have brought: its end is written down first, and its questions are governed.
 * What asks the person is held until they have answered, and dropped when newer news have come meanwhile.
 */
export function relayTaskNews(ports: PipelinePorts, audience: TaskAudience, params: JsonObject): void {
  const { agent, task, notify } = audience;
  const isNewest = ports.questions.noteNews(task);
  if (!noteEndInState(ports, agent, task, params)) return;
  const { inputRequests, ...rest } = params;
  // another spelling is the same member to some readers
  for (const name of Object.keys(rest)) if (isSpelled(name, 'inputRequests')) delete rest[name];
  if (inputRequests === undefined || inputRequests === null) {
    notify(inputRequests === undefined ? rest : { ...rest, inputRequests });
    return;
  }
  const [server] = ports.visibility.seen(agent.id, task.serverId);
  if (!server) return;
  const govern = () => governQuestions(ports, { task, agent, serverName: server.name }, inputRequests);
  const mayTell = () => isNewest() && audience.mayHear() && !isPausedFor(ports, agent.id);
  waitForPerson(govern, mayTell)
    .then((view) => {
      if (!view || !mayTell()) return;
      const stuck = view.stuck === null ? {} : { statusMessage: view.stuck };
      notify({ ...rest, ...stuck, inputRequests: view.shown });
    })
    .catch((error: unknown) => {
      const message = error instanceof Error ? error.message : 'unknown';
      ports.log.error('the news of a task could not be told', { error: message });
    });
}

/** Null: it is nobody's news any more. */
async function waitForPerson(govern: () => Promise<TaskView>, mayTell: () => boolean): Promise<TaskView | null> {
  let view = await govern();
  while (view.waiting !== null) {
    await view.waiting;
    if (!mayTell()) return null;
    view = await govern();
  }
  return view;
}
