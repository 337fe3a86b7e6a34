import { isListed } from '../core/evaluate.ts';
import { policySubject } from '../core/policy-subject.ts';
import { describeSubject } from '../core/subject.ts';
import { passesLevel } from '../eras/log-levels.ts';
import type { AgentIdentity, AskAnswer, AskMethod, AskTies, Exchange } from '../exchange.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';
import { governAsk } from './govern-ask.ts';
import { isPausedFor } from './paused.ts';
import type { PipelinePorts } from './ports.ts';
import { findRoute } from './resource-route.ts';
import { relayTaskNews } from './task-notices.ts';
import type { KnownTask } from './task-table.ts';

/** What servers and agents tell each other outside any call. */
export interface NoticePorts {
  pipeline: PipelinePorts;
  agentOf(agentId: string): AgentIdentity | null;
  /** `serverIds`: the servers it is about. */
  notify(
    agentId: string,
    method: string,
    params: JsonObject,
    sessionId: string | undefined,
    serverIds: readonly string[],
  ): void;
  ask(agentId: string, method: AskMethod, params: JsonObject, ties?: AskTies): Promise<AskAnswer>;
}

/**
 * A server's notification that belongs to no call. On a link of its own an agent hears everything; what comes over a
 * shared link goes to the agent only if no other sees that server, because nothing tells whom it is about.
 */
export function relayNotice(
  ports: NoticePorts,
  serverId: string,
  owner: string | null,
  method: string,
  params: JsonObject,
): void {
  const { pipeline } = ports;
  if (method === 'notifications/resources/updated') {
    pipeline.subscriptions.updated(serverId, owner, params);
    return;
  }
  const task = taskOf(pipeline, serverId, owner, method, params);
  const agentId = owner ?? task?.agentId ?? soleAgent(pipeline, serverId);
  if (agentId === null || !pipeline.visibility.seen(agentId, serverId).length) return;
  // it may bring the task's result, so it passes as asking for that would
  if (task && (isPausedFor(pipeline, agentId) || !isTaskListed(pipeline, task))) return;
  if (method === 'notifications/progress' && (task === null || task.settledAt !== null)) return;
  const agent = task && ports.agentOf(agentId);
  if (task && agent && method.startsWith('notifications/tasks')) {
    const notify = (told: JsonObject) => ports.notify(agentId, method, told, undefined, [serverId]);
    relayTaskNews(pipeline, { agent, task, mayHear: () => isTaskListed(pipeline, task), notify }, params);
    return;
  }
  // of a task nobody here has started
  if (method === 'notifications/tasks') return;
  if (method !== 'notifications/message') {
    ports.notify(agentId, method, params, undefined, [serverId]);
    return;
  }
  for (const { id, logLevel } of pipeline.sessions.of(agentId))
    if (logLevel === null || passesLevel(params.level, logLevel)) ports.notify(agentId, method, params, id, [serverId]);
}

/** A server asks the owner of a link outside any call. */
export function askOutsideCall(
  ports: NoticePorts,
  serverId: string,
  owner: string,
  method: AskMethod,
  params: JsonObject,
  ties: AskTies,
): Promise<AskAnswer> {
  const agent = ports.agentOf(owner);
  const server = ports.pipeline.visibility.seen(owner, serverId)[0];
  const session = ports.pipeline.sessions.of(owner).at(-1)?.info ?? null;
  if (!agent || !server) return Promise.resolve({ kind: 'unsupported' });
  const exchange: Exchange = {
    era: 'legacy',
    agent,
    session,
    scope: null,
    id: 0,
    method,
    params,
    signal: new AbortController().signal,
    receivedAt: performance.now(),
    patienceMs: ports.pipeline.timing.giveUpMs,
    notify: () => {},
    canAsk: () => session !== null,
    ask: (asked, body, own) => ports.ask(owner, asked, body, own),
    rest: () => {},
    setWaiting: () => {},
  };
  return governAsk(
    ports.pipeline,
    { exchange, serverId, serverName: server.name, callId: null, mayGoOn: () => true },
    method,
    params,
    ties,
  );
}

/**
 * An agent's notification goes to the links it has of its own. Changed folders concern servers that may see them; any
 * other message holds what the agent chose to say, so only servers it may use without being asked get it.
 */
export function passNotice(
  ports: NoticePorts,
  agent: AgentIdentity,
  scope: string | null,
  method: string,
  params: JsonObject,
): void {
  const { pipeline } = ports;
  if (isPausedFor(pipeline, agent.id) || !passable.test(method) || handled.has(method)) return;
  const heard = pipeline.linksOf(agent.id).filter(({ serverId }) => {
    if (scope !== null && serverId !== scope) return false;
    const isAllowed =
      method === rootsChanged ? pipeline.asksOf(serverId).roots !== 'deny' : pipeline.mayTell(agent.id, serverId);
    return isAllowed && pipeline.visibility.seen(agent.id, serverId).length > 0;
  });
  if (heard.length === 0) return;
  // one name for all of them: an agent chooses methods freely, and each would get a bucket of its own
  if (!pipeline.limiter.take(agent.id, 'notifications', pipeline.limitsOf(agent.id), pipeline.clock.now()).ok) return;
  for (const { serverId, link } of heard) {
    const isWritten = pipeline.audit.append({
      event: 'notice.passed',
      actor: 'agent',
      agentId: agent.id,
      agentName: agent.name,
      serverId,
      tool: method,
      effect: 'allow',
      policyVersion: pipeline.world().version,
      subject: describeSubject(params),
    });
    if (isWritten) link.notify(method, params);
  }
}

const rootsChanged = 'notifications/roots/list_changed';

/** A request sent without an id is no notification: only what the specification calls one is passed, in a header's letters. */
const passable = /^notifications\/[A-Za-z0-9_./-]{1,120}$/;

/** What the legs and links make of these themselves. */
const handled: ReadonlySet<string> = new Set([
  'notifications/initialized',
  'notifications/cancelled',
  'notifications/progress',
]);

/** What else belongs to a task says so (2025-11-25, tasks). */
const relatedTask = 'io.modelcontextprotocol/related-task';

/** The task a notice is about; over a link of its own an agent hears of no other's. */
function taskOf(
  pipeline: PipelinePorts,
  serverId: string,
  owner: string | null,
  method: string,
  params: JsonObject,
): KnownTask | null {
  const related = isObject(params._meta) ? params._meta[relatedTask] : undefined;
  const ownState = isObject(params.task) ? params.task : params;
  const state = method.startsWith('notifications/tasks') ? ownState : related;
  const taskId = isObject(state) ? state.taskId : undefined;
  if (typeof taskId !== 'string') return null;
  return owner === null ? pipeline.tasks.ofServer(serverId, taskId) : pipeline.tasks.find(owner, serverId, taskId);
}

function isTaskListed(pipeline: PipelinePorts, { agentId, serverId, tool }: KnownTask): boolean {
  return isListed(pipeline.world(), agentId, policySubject({ kind: 'task', serverId, name: tool, reviewed: true }));
}

/** The only agent any of whose switches lets it use this server. */
function soleAgent(pipeline: PipelinePorts, serverId: string): string | null {
  const world = pipeline.world();
  const users = [...world.agents.keys()].filter((agentId) => pipeline.visibility.seen(agentId, serverId).length > 0);
  return users.length === 1 ? (users[0] ?? null) : null;
}

/** Policy may have changed while an exchange was parked: false when its target would not be there any more. */
export function mayGoOn(
  pipeline: PipelinePorts,
  agent: AgentIdentity,
  scope: string | null,
  method: string,
  params: JsonObject,
): boolean {
  if (isPausedFor(pipeline, agent.id)) return false;
  if (method === 'tools/call')
    return typeof params.name === 'string' && pipeline.findListed(agent.id, scope, params.name) !== undefined;
  const route = method === 'prompts/get' ? promptServer(pipeline, params) : resourceServer(pipeline, agent.id, params);
  const serverId = scope ?? route;
  if (serverId === null) return false;
  const world = pipeline.world();
  const kind = method === 'prompts/get' ? 'prompt' : 'resource';
  const subject = policySubject({ kind, serverId, name: '', reviewed: true });
  return pipeline.visibility.isOpen(agent.id, serverId) && isListed(world, agent.id, subject);
}

function promptServer(pipeline: PipelinePorts, params: JsonObject): string | null {
  return typeof params.name === 'string' ? (pipeline.prompts.find(params.name)?.serverId ?? null) : null;
}

function resourceServer(pipeline: PipelinePorts, agentId: string, params: JsonObject): string | null {
  if (typeof params.uri !== 'string') return null;
  return findRoute(pipeline, agentId, params.uri)?.serverId ?? null;
}
