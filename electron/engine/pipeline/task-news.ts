import type { AgentIdentity, SessionInfo } from '../exchange.ts';
import { LinkFault, type UpstreamLink } from '../upstream/link.ts';
import { isPausedFor } from './paused.ts';
import type { PipelinePorts } from './ports.ts';
import { taskServers } from './task-route.ts';

/** One task that somebody wants to hear of, and how many do. */
interface Followed {
  followers: number;
  release(): void;
  ready: Promise<UpstreamLink | null>;
}

/** Lets a modern agent's stream hear of a task of its own: the server is told once, however many streams want it. */
export type FollowTask = (
  agent: AgentIdentity,
  scope: string | null,
  taskId: string,
  session: SessionInfo,
) => Promise<(() => void) | null>;

/** What it gives ends the wish, once; null: no such task is there for this agent, or its server tells nothing of it. */
export function makeTaskNews(ports: PipelinePorts): FollowTask {
  const followed = new Map<string, Followed>();

  async function open(serverId: string, taskId: string, agentId: string): Promise<UpstreamLink | null> {
    try {
      const link = await ports.link(serverId, new AbortController().signal, undefined, agentId);
      await link.followTask(taskId, true);
      return link;
    } catch (error) {
      if (error instanceof LinkFault) return null;
      throw error;
    }
  }

  async function drop(key: string, taskId: string, entry: Followed): Promise<void> {
    entry.followers -= 1;
    if (entry.followers > 0) return;
    if (followed.get(key) === entry) followed.delete(key);
    entry.release();
    try {
      await (await entry.ready)?.followTask(taskId, false);
    } catch (error) {
      // a server that is gone has nothing to forget
      if (!(error instanceof LinkFault)) throw error;
    }
  }

  return async (agent, scope, taskId, session) => {
    if (isPausedFor(ports, agent.id)) return null;
    const known = taskServers(ports, agent.id, scope, 'modern').flatMap(
      ({ id }) => ports.tasks.find(agent.id, id, taskId) ?? [],
    );
    const [task] = known;
    if (!task || known.length > 1) return null;
    ports.questions.noteSession(task, session);
    const key = JSON.stringify([task.serverId, taskId]);
    const entry = followed.get(key) ?? {
      followers: 0,
      release: ports.hold(task.serverId),
      ready: open(task.serverId, taskId, agent.id),
    };
    followed.set(key, entry);
    entry.followers += 1;
    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      drop(key, taskId, entry).catch((error: unknown) => {
        const message = error instanceof Error ? error.message : 'unknown';
        ports.log.error('the news of a task could not be ended', { error: message });
      });
    };
    const link = await entry.ready;
    if (link === null) end();
    return link === null ? null : end;
  };
}
