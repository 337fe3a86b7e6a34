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
  /** When its end was written to the audit log, milliseconds since the epoch; null: not yet. */
  settledAt: number | null;
}

/** Who started which task: a task is there for its own agent alone. */
export class TaskTable {
  readonly #tasks = new Map<string, KnownTask>();
  readonly #keep: (task: KnownTask) => void;

  /** `kept`: what is known from before, oldest first; `keep` writes one down, for the next start. */
  constructor(kept: readonly KnownTask[] = [], keep: (task: KnownTask) => void = () => {}) {
    for (const task of kept) this.#tasks.set(keyOf(task.agentId, task.serverId, task.taskId), task);
    this.#keep = keep;
  }

  learn(task: KnownTask): void {
    this.#tasks.set(keyOf(task.agentId, task.serverId, task.taskId), task);
    this.#keep(task);
    if (this.#tasks.size <= maxTasks) return;
    const [oldest] = this.#tasks.keys();
    if (oldest !== undefined) this.#tasks.delete(oldest);
  }

  find(agentId: string, serverId: string, taskId: string): KnownTask | null {
    return this.#tasks.get(keyOf(agentId, serverId, taskId)) ?? null;
  }

  /** Its end was written down. */
  settled(task: KnownTask, at: number): void {
    this.learn({ ...task, settledAt: at });
  }

  /** The agent's task behind a task of a server, if only one agent has a task of this id there. */
  ofServer(serverId: string, taskId: string): KnownTask | null {
    const tasks = [...this.#tasks.values()].filter((task) => task.serverId === serverId && task.taskId === taskId);
    return tasks.length === 1 ? (tasks[0] ?? null) : null;
  }
}

function keyOf(agentId: string, serverId: string, taskId: string): string {
  return JSON.stringify([agentId, serverId, taskId]);
}
