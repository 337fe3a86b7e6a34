import { digestArguments } from '../core/canonical.ts';
import { canAskClient, supportsAsk } from '../eras/ask-support.ts';
import { askNames } from '../eras/capabilities.ts';
import type { AgentIdentity, AskMethod, Exchange } from '../exchange.ts';
import { LinkFault } from '../upstream/link.ts';
import type { JsonObject, JsonValue } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';
import { type AskScene, decideAsk, outcomeOf, permitAsk, refusalOf } from './govern-ask.ts';
import type { PipelinePorts } from './ports.ts';
import type { TaskQuestion } from './task-questions.ts';
import type { KnownTask } from './task-table.ts';

/** A task with the agent that started it. */
export interface TaskScene {
  task: KnownTask;
  agent: AgentIdentity;
  serverName: string;
}

/** What of a task's questions its agent may see now. */
export interface TaskView {
  shown: JsonObject;
  /** Nothing was taken out. */
  isWhole: boolean;
  /** Why the task cannot go on, for its agent; null: it can. */
  stuck: string | null;
  /** Some wait for a person; resolves when they were answered. Null: none do. */
  waiting: Promise<unknown> | null;
}

/** Of one task at one time, as in the rounds of a call; and in all its life. */
const maxOutstanding = 32;
const maxQuestions = 256;
/** A card has a time of its own, and the poll that raised it is long over. */
const patienceMs = 24 * 3_600_000;
const refuseMs = 10_000;

/** Ends that say nothing of the question itself: it is asked again when the agent asks for the task again. */
const passing: ReadonlySet<string> = new Set([
  ...['paused_all', 'paused_agent', 'too_many_waiting', 'cancelled', 'internal', 'audit'],
]);

const askedAs = {
  'elicitation/create': 'ask the user',
  'sampling/createMessage': 'use your model',
  'roots/list': 'see your folders',
} as const satisfies Record<AskMethod, string>;

/**
 * The questions in the state of a task (tasks extension, `inputRequests`), each governed like a question in the middle of
 * a call: the server's switch decides, Ask puts a card to the person, rows are written. What waits for the person is left
 * out meanwhile, and is there at a later poll; what is refused is told to the server in the form it has for that.
 */
export async function governQuestions(ports: PipelinePorts, scene: TaskScene, requests: JsonValue): Promise<TaskView> {
  const stuckBy = (stuck: string): TaskView => ({ shown: {}, isWhole: false, stuck, waiting: null });
  if (!isObject(requests)) return stuckBy(told.form);
  const known = ports.questions.of(scene.task);
  for (const [key, question] of known) {
    if (question.state.kind !== 'asking' || Object.hasOwn(requests, key)) continue;
    known.delete(key);
    question.withdraw.abort();
  }
  const entries = Object.entries(requests);
  if (entries.length > maxOutstanding) return stuckBy(told.many);
  const readable = await Promise.all(entries.map(([key, value]) => open(ports, scene, known, key, value)));
  if (readable.includes(false)) return stuckBy(told.form);
  const view: TaskView = { shown: {}, isWhole: true, stuck: null, waiting: null };
  const waiting: Promise<void>[] = [];
  for (const [key, value] of entries) {
    const question = known.get(key);
    if (question !== undefined && isOpen(ports, scene, key, question)) {
      view.shown[key] = value;
      continue;
    }
    view.isWhole = false;
    if (question?.state.kind === 'asking') waiting.push(question.done);
    if (question?.state.kind === 'refused' && question.state.refusal === null)
      view.stuck = told.refused(question.method);
  }
  if (known.size > maxQuestions) view.stuck = told.many;
  if (waiting.length > 0) view.waiting = Promise.all(waiting);
  return view;
}

const told = {
  form: 'The task cannot go on: its server asks in a form that does not exist. Cancel the task.',
  many: 'The task cannot go on: its server asks too many questions. Cancel the task.',
  refused: (method: AskMethod) =>
    `The task cannot go on: its server wants to ${askedAs[method]}, and the user does not allow that. Cancel the task.`,
} as const;

/** Why these answers cannot be sent; null: each is one to a question the agent was shown. */
export function checkAnswers(ports: PipelinePorts, task: KnownTask, answers: JsonObject): string | null {
  const known = ports.questions.of(task);
  const isShown = (key: string) => known.get(key)?.state.kind === 'permitted';
  if (Object.keys(answers).every(isShown)) return null;
  return 'One of these answers is to a question that is not open for you. Ask for the task again and answer what it shows.';
}

/** Writes down the answers that go to the server now. False: policy, or the log, no longer lets one of them pass. */
export function passAnswers(ports: PipelinePorts, scene: TaskScene, answers: JsonObject): boolean {
  const known = ports.questions.of(scene.task);
  for (const [key, result] of Object.entries(answers)) {
    const question = known.get(key);
    if (question === undefined || !isOpen(ports, scene, key, question)) return false;
    if (question.state.kind !== 'permitted' || question.isAnswered) continue;
    const { by, since } = question.state;
    const durationMs = performance.now() - since;
    const ended = { event: 'ask.settled', durationMs, ...outcomeOf({ kind: 'result', result }) } as const;
    if (!ports.audit.append({ ...by, ...ended })) return false;
    question.isAnswered = true;
  }
  return true;
}

/** Whether the agent may see the question and answer it, at this instant. */
function isOpen(ports: PipelinePorts, scene: TaskScene, key: string, question: TaskQuestion): boolean {
  const { state, method } = question;
  if (state.kind === 'refused') refuse(ports, scene, key, question);
  if (state.kind !== 'permitted') return false;
  const refusal = refusalOf(
    decideAsk(ports, toAskScene(ports, scene, question.withdraw.signal), method),
    state.by.approvalId,
  );
  if (refusal === null) return true;
  if (refusal.outcome === 'paused') return false;
  if (!question.isAnswered) ports.audit.append({ ...state.by, event: 'ask.settled', ...refusal });
  question.state = { kind: 'refused', refusal: refusalFor(method, refusal.reasonCode), isByPolicy: true };
  refuse(ports, scene, key, question);
  return false;
}

/** Decides on a question that was not seen before. False: it has no form that exists. */
async function open(
  ports: PipelinePorts,
  scene: TaskScene,
  known: Map<string, TaskQuestion>,
  key: string,
  value: JsonValue,
): Promise<boolean> {
  const { method, params = {} } = isObject(value) ? value : {};
  if (typeof method !== 'string' || !Object.hasOwn(askNames, method) || !isObject(params)) return false;
  const asked = method as AskMethod;
  let digest: string;
  try {
    digest = digestArguments(ports.key, { method, params });
  } catch {
    // lone surrogates: nothing can be bound to it
    return false;
  }
  const before = known.get(key);
  if (before?.digest === digest && !isDecidable(ports, scene, before)) return true;
  before?.withdraw.abort();
  if (before === undefined && known.size > maxQuestions) return true;
  const withdraw = new AbortController();
  const state = { kind: 'asking' } as const;
  const question: TaskQuestion = {
    ...{ digest, method: asked, state, withdraw, done: Promise.resolve(), isAnswered: false, isRefusalSent: false },
  };
  known.set(key, question);
  const isForPerson = decideAsk(ports, toAskScene(ports, scene, withdraw.signal, params), asked).effect === 'ask';
  question.done = decide(ports, scene, known, key, question, params);
  if (!isForPerson) await question.done;
  return true;
}

/** A refusal that its server could not be told is looked at again when the switch that refused it was turned. */
function isDecidable(ports: PipelinePorts, scene: TaskScene, { state, method, withdraw }: TaskQuestion): boolean {
  if (state.kind !== 'refused' || !state.isByPolicy || state.refusal !== null) return false;
  return decideAsk(ports, toAskScene(ports, scene, withdraw.signal), method).effect !== 'deny';
}

async function decide(
  ports: PipelinePorts,
  scene: TaskScene,
  known: Map<string, TaskQuestion>,
  key: string,
  question: TaskQuestion,
  params: JsonObject,
): Promise<void> {
  const { method, withdraw } = question;
  try {
    const permission = await permitAsk(ports, toAskScene(ports, scene, withdraw.signal, params), method, params);
    if (permission.ok) {
      question.state = { kind: 'permitted', by: permission.permitted, since: performance.now() };
      return;
    }
    const { reasonCode, answer } = permission;
    question.state = {
      kind: 'refused',
      refusal: refusalFor(method, reasonCode),
      isByPolicy: answer.kind === 'unsupported',
    };
    if (!passing.has(reasonCode)) refuse(ports, scene, key, question);
    else if (known.get(key) === question) known.delete(key);
  } catch (error) {
    const message = error instanceof Error ? error.message : 'unknown';
    ports.log.error('a question of a task could not be decided', { error: message });
    if (known.get(key) === question) known.delete(key);
  }
}

/** There is no error among input responses (basic/patterns/mrtr); a model’s words cannot stand for a refusal. */
function refusalFor(method: AskMethod, reasonCode: string): JsonObject | null {
  if (method === 'roots/list') return { roots: [] };
  if (method === 'sampling/createMessage') return null;
  return { action: reasonCode === 'timeout' ? 'cancel' : 'decline' };
}

/** Tells the server, once; what did not reach it is told at the next look. */
function refuse(ports: PipelinePorts, { task, agent }: TaskScene, key: string, question: TaskQuestion): void {
  const { state } = question;
  if (state.kind !== 'refused' || state.refusal === null || question.isRefusalSent || question.isAnswered) return;
  question.isRefusalSent = true;
  const inputResponses = { [key]: state.refusal };
  const send = async () => {
    const link = await ports.link(task.serverId, new AbortController().signal, undefined, agent.id);
    await link.request('tasks/update', { taskId: task.taskId, inputResponses }, refuseMs);
  };
  send().catch((error: unknown) => {
    question.isRefusalSent = false;
    if (error instanceof LinkFault) return;
    ports.log.error('a refusal could not be sent', { error: error instanceof Error ? error.message : 'unknown' });
  });
}

/** A question of a task belongs to no request: the agent asks for the task and is gone while a person thinks. */
function toAskScene(
  ports: PipelinePorts,
  { task, agent, serverName }: TaskScene,
  signal: AbortSignal,
  params: JsonObject | null = null,
): AskScene {
  const session = ports.questions.sessionOf(task);
  const capabilities = session?.clientCapabilities ?? {};
  const exchange: Exchange = {
    era: 'modern',
    agent,
    session,
    scope: null,
    id: 0,
    method: 'tasks/get',
    params: { taskId: task.taskId },
    signal,
    receivedAt: performance.now(),
    patienceMs,
    notify: () => {},
    canAsk: (method) => (params ? supportsAsk(capabilities, method, params) : canAskClient(capabilities, method)),
    ask: async () => ({ kind: 'unsupported' }),
    rest: () => {},
    setWaiting: () => {},
  };
  const { serverId, taskId } = task;
  return { exchange, serverId, serverName, callId: null, taskId, mayGoOn: () => true };
}
