import { isListed } from '../core/evaluate.ts';
import { policySubject } from '../core/policy-subject.ts';
import { passesLevel } from '../eras/log-levels.ts';
import type { AgentIdentity, AskAnswer, AskMethod, Exchange } from '../exchange.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';
import { governAsk } from './govern-ask.ts';
import type { PipelinePorts } from './ports.ts';

/** What servers and agents tell each other outside any call. */
export interface NoticePorts {
  pipeline: PipelinePorts;
  agentOf(agentId: string): AgentIdentity | null;
  notify(agentId: string, method: string, params: JsonObject, sessionId?: string): void;
  ask(agentId: string, method: AskMethod, params: JsonObject): Promise<AskAnswer>;
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
  const agentId = owner ?? taskOwner(pipeline, serverId, method, params) ?? soleAgent(pipeline, serverId);
  if (agentId === null || !pipeline.visibility.seen(agentId, serverId).length) return;
  if (method !== 'notifications/message') {
    ports.notify(agentId, method, params);
    return;
  }
  for (const { id, logLevel } of pipeline.sessions.of(agentId))
    if (logLevel === null || passesLevel(params.level, logLevel)) ports.notify(agentId, method, params, id);
}

/** A server asks the owner of a link outside any call. */
export function askOutsideCall(
  ports: NoticePorts,
  serverId: string,
  owner: string,
  method: AskMethod,
  params: JsonObject,
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
    ask: () => ports.ask(owner, method, params),
    setWaiting: () => {},
  };
  return governAsk(ports.pipeline, { exchange, serverId, serverName: server.name, callId: null }, method, params);
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
  const world = pipeline.world();
  if (world.paused || (world.agents.get(agent.id)?.paused ?? true) || handled.has(method)) return;
  for (const { serverId, link } of pipeline.linksOf(agent.id)) {
    if (scope !== null && serverId !== scope) continue;
    const isAllowed =
      method === 'notifications/roots/list_changed'
        ? pipeline.asksOf(serverId).roots !== 'deny'
        : pipeline.mayTell(agent.id, serverId);
    if (isAllowed && pipeline.visibility.seen(agent.id, serverId).length > 0) link.notify(method, params);
  }
}

/** What the legs and links make of these themselves. */
const handled: ReadonlySet<string> = new Set([
  'notifications/initialized',
  'notifications/cancelled',
  'notifications/progress',
]);

function taskOwner(pipeline: PipelinePorts, serverId: string, method: string, params: JsonObject): string | null {
  if (!method.startsWith('notifications/tasks')) return null;
  const taskId = isObject(params.task) ? params.task.taskId : params.taskId;
  return typeof taskId === 'string' ? pipeline.tasks.agentOf(serverId, taskId) : null;
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
  const world = pipeline.world();
  if (world.paused || (world.agents.get(agent.id)?.paused ?? true)) return false;
  if (method === 'tools/call')
    return typeof params.name === 'string' && pipeline.findListed(agent.id, scope, params.name) !== undefined;
  const route = method === 'prompts/get' ? promptServer(pipeline, params) : resourceServer(pipeline, agent.id, params);
  const serverId = scope ?? route;
  if (serverId === null) return false;
  const kind = method === 'prompts/get' ? 'prompt' : 'resource';
  const subject = policySubject({ kind, serverId, name: '', reviewed: true });
  return pipeline.visibility.isOpen(agent.id, serverId) && isListed(world, agent.id, subject);
}

function promptServer(pipeline: PipelinePorts, params: JsonObject): string | null {
  return typeof params.name === 'string' ? (pipeline.prompts.find(params.name)?.serverId ?? null) : null;
}

function resourceServer(pipeline: PipelinePorts, agentId: string, params: JsonObject): string | null {
  if (typeof params.uri !== 'string') return null;
  return (pipeline.findApp(params.uri) ?? pipeline.resources.find(agentId, params.uri))?.serverId ?? null;
}
