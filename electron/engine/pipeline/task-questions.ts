import type { AskMethod, SessionInfo } from '../exchange.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import type { PermittedAsk } from './govern-ask.ts';
import type { KnownTask } from './task-table.ts';

/** How a question of a task stands. */
export type QuestionState =
  | { kind: 'asking' }
  | { kind: 'permitted'; by: PermittedAsk; since: number }
  /** `refusal`: what its server is told; null: this kind of question has no form for a refusal. */
  | { kind: 'refused'; refusal: JsonObject | null; isByPolicy: boolean };

/** One question of a task's server, under the server's own key for it. */
export interface TaskQuestion {
  /** Keyed digest of method and parameters: the same key with another question is another question. */
  readonly digest: string;
  readonly method: AskMethod;
  state: QuestionState;
  /** Aborts when the server asks it no more. */
  readonly withdraw: AbortController;
  /** Resolves when it is no longer `asking`; never rejects. */
  done: Promise<void>;
  /** An answer of the agent went to the server, and its row is written. */
  isAnswered: boolean;
  isRefusalSent: boolean;
}

interface Known {
  questions: Map<string, TaskQuestion>;
  /** What is known of the client that last asked for the task, or listens to it. */
  session: SessionInfo | null;
  /** Counts the news of the task: what was held while a person was asked is stale when there is newer. */
  news: number;
}

/** Tasks whose questions are remembered; the oldest are forgotten, and what they ask is decided anew. */
const maxTasks = 1_000;

/**
 * What was decided on the questions of each task, so that an agent that polls bothers nobody twice. Kept in memory: after a
 * restart they are decided, and asked, anew.
 */
export class TaskQuestions {
  readonly #tasks = new Map<string, Known>();

  /** The questions of this task by their keys. */
  of(task: KnownTask): Map<string, TaskQuestion> {
    return this.#known(task).questions;
  }

  sessionOf(task: KnownTask): SessionInfo | null {
    return this.#tasks.get(keyOf(task))?.session ?? null;
  }

  /** A client asks for the task or listens to it. */
  noteSession(task: KnownTask, session: SessionInfo | null): void {
    this.#known(task).session = session;
  }

  /** News of the task have come; true from what is given while they are the newest. */
  noteNews(task: KnownTask): () => boolean {
    const known = this.#known(task);
    known.news += 1;
    const { news } = known;
    return () => known.news === news;
  }

  /** The task is over: nobody is asked for it any more. */
  forget(task: KnownTask): void {
    this.#drop(keyOf(task));
  }

  #known(task: KnownTask): Known {
    const key = keyOf(task);
    const known = this.#tasks.get(key) ?? { questions: new Map(), session: null, news: 0 };
    // the newest last
    this.#tasks.delete(key);
    this.#tasks.set(key, known);
    const [oldest] = this.#tasks.keys();
    if (this.#tasks.size > maxTasks && oldest !== undefined) this.#drop(oldest);
    return known;
  }

  #drop(key: string): void {
    const known = this.#tasks.get(key);
    this.#tasks.delete(key);
    for (const question of known?.questions.values() ?? []) question.withdraw.abort();
  }
}

function keyOf({ agentId, serverId, taskId }: KnownTask): string {
  return JSON.stringify([agentId, serverId, taskId]);
}
