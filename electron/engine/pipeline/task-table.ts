/** Tasks remembered in all; the oldest are forgotten, and then answer as if they had never been. */
const maxTasks = 10_000;

export interface KnownTask {
  agentId: string;
  serverId: string;
  taskId: string;
  /** The server's own name of the tool whose call started it: its switch decides on the task. */
  tool: string;
  /** The approval of that call, which stands for what is asked of the task; null: none was needed. */
  approvalId: string | null;
}

/** Who started which task: a task is there for its own agent alone. */
export class TaskTable {
  readonly #tasks = new Map<string, KnownTask>();

  learn(task: KnownTask): void {
    this.#tasks.set(keyOf(task.agentId, task.serverId, task.taskId), task);
    if (this.#tasks.size <= maxTasks) return;
    const [oldest] = this.#tasks.keys();
    if (oldest !== undefined) this.#tasks.delete(oldest);
  }

  find(agentId: string, serverId: string, taskId: string): KnownTask | null {
    return this.#tasks.get(keyOf(agentId, serverId, taskId)) ?? null;
  }

  /** The agent behind a task of a server, if only one has a task of this id there. */
  agentOf(serverId: string, taskId: string): string | null {
    const agents = [...this.#tasks.values()].filter((task) => task.serverId === serverId && task.taskId === taskId);
    return agents.length === 1 ? (agents[0]?.agentId ?? null) : null;
  }
}

function keyOf(agentId: string, serverId: string, taskId: string): string {
  return JSON.stringify([agentId, serverId, taskId]);
}
