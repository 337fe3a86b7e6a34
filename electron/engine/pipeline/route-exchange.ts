import { isMethodName } from '../core/method-name.ts';
import { unknownMethod } from '../core/refusals.ts';
import { missingTasks, takesTasks } from '../eras/capabilities.ts';
import { readLogLevel } from '../eras/log-levels.ts';
import type { Exchange, ExchangeHandler } from '../exchange.ts';
import type { JsonObject, JsonValue, Reply, RpcErrorBody } from '../wire/json-rpc.ts';
import { rpcErrorCodes } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';
import type { CallRoute } from './call-route.ts';
import { completionRoute } from './completion-route.ts';
import { listAcross } from './federated-lists.ts';
import { governCall } from './govern-call.ts';
import { linkUserOf } from './link-user.ts';
import { isPausedFor } from './paused.ts';
import type { PipelinePorts } from './ports.ts';
import { promptRoute } from './prompt-route.ts';
import { resourceRoute } from './resource-route.ts';
import { taskMethods, taskRoute, taskServers } from './task-route.ts';
import type { ToolLists } from './tool-lists.ts';
import { toolRoute } from './tool-route.ts';
import { vendorRoute } from './vendor-route.ts';

/** Methods of the specifications that no agent can ask of a server here: other era, other direction, or answered by a leg. */
const foreign: ReadonlySet<string> = new Set([
  'initialize',
  'ping',
  'server/discover',
  'subscriptions/listen',
  'sampling/createMessage',
  'roots/list',
  'elicitation/create',
  'tasks/get',
  'tasks/result',
  'tasks/list',
  'tasks/cancel',
  'tasks/update',
]);

const maxUriLength = 8_192;

const invalidMethod: RpcErrorBody = {
  code: rpcErrorCodes.invalidRequest,
  message: 'Invalid request: a method is visible ASCII',
};

type Answer = (exchange: Exchange) => Reply | Promise<Reply>;

/** Everything an agent can ask, by method. What is answered by a server goes through `governCall`, lists are filtered by policy. */
export function makeExchangeHandler(ports: PipelinePorts, toolLists: ToolLists): ExchangeHandler {
  const governed =
    (member: string, route: (exchange: Exchange, value: string) => CallRoute): Answer =>
    (exchange) => {
      const value = exchange.params[member];
      if (typeof value !== 'string') return invalid(`${member} must be a string`);
      if (value.length > maxUriLength) return invalid(`${member} is too long`);
      return governCall(ports, exchange, route(exchange, value));
    };
  const getPrompt = governed('name', (exchange, name) => promptRoute(ports, exchange, name));
  const answers: Record<string, Answer> = {
    'tools/list': async (exchange) => {
      await ports.firstSync(exchange.signal, { scope: exchange.scope, kind: 'list' });
      return toolLists.reply(exchange);
    },
    'prompts/list': (exchange) => listAcross(ports, exchange, 'prompts/list'),
    'resources/list': (exchange) => listAcross(ports, exchange, 'resources/list'),
    'resources/templates/list': (exchange) => listAcross(ports, exchange, 'resources/templates/list'),
    'tools/call': governed('name', (exchange, name) => toolRoute(ports, exchange, name)),
    'prompts/get': (exchange) =>
      isObjectOrAbsent(exchange.params.arguments) ? getPrompt(exchange) : invalid('arguments must be an object'),
    'resources/read': governed('uri', (exchange, uri) => resourceRoute(ports, exchange, uri)),
    'resources/subscribe': governed('uri', (exchange, uri) => subscribeRoute(ports, exchange, uri)),
    'resources/unsubscribe': (exchange) => unsubscribe(ports, exchange),
    'completion/complete': (exchange) => complete(ports, exchange),
    'logging/setLevel': (exchange) => setLogLevel(ports, exchange),
  };
  return async (exchange) => {
    const answer = Object.hasOwn(answers, exchange.method) ? answers[exchange.method] : undefined;
    return answer ? answer(exchange) : answerOther(ports, exchange);
  };
}

/** Tasks and vendor methods: only where it is clear which server is meant. */
function answerOther(ports: PipelinePorts, exchange: Exchange): Reply | Promise<Reply> {
  const { method, params, era } = exchange;
  if (!isMethodName(method)) return { kind: 'error', error: invalidMethod };
  const isTask = taskMethods[era].has(method);
  if (isTask && taskServers(ports, exchange.agent.id, exchange.scope, era).length > 0) {
    if (era === 'modern' && !takesTasks(exchange.session?.clientCapabilities ?? {}))
      return { kind: 'error', error: missingTasks };
    if (method === 'tasks/list') return governIfFound(ports, exchange, taskRoute(ports, exchange, null));
    if (typeof params.taskId !== 'string') return invalid('taskId must be a string');
    if (params.taskId.length > maxUriLength) return invalid('taskId is too long');
    if (!isObjectOrAbsent(params.inputResponses)) return invalid('inputResponses must be an object');
    return governCall(ports, exchange, taskRoute(ports, exchange, params.taskId));
  }
  if (foreign.has(method) || method.startsWith('notifications/')) return { kind: 'error', error: unknownMethod };
  return governIfFound(ports, exchange, vendorRoute(ports, exchange));
}

/** A method nobody here has leaves no row: agents try many. */
function governIfFound(ports: PipelinePorts, exchange: Exchange, route: CallRoute): Reply | Promise<Reply> {
  return route.find() ? governCall(ports, exchange, route) : { kind: 'error', error: unknownMethod };
}

function complete(ports: PipelinePorts, exchange: Exchange): Reply | Promise<Reply> {
  const { ref } = exchange.params;
  const isKnown = isObject(ref) && (isText(ref, 'ref/prompt', 'name') || isText(ref, 'ref/resource', 'uri'));
  if (!isKnown || !isObject(ref)) return invalid('ref must name a prompt or a resource template');
  if (!isObject(exchange.params.argument)) return invalid('argument must be an object');
  if (!isObjectOrAbsent(exchange.params.context)) return invalid('context must be an object');
  return governCall(ports, exchange, completionRoute(ports, exchange, ref));
}

function isObjectOrAbsent(value: JsonValue | undefined): boolean {
  return value === undefined || isObject(value);
}

function isText(ref: JsonObject, type: string, member: string): boolean {
  return ref.type === type && typeof ref[member] === 'string';
}

function subscribeRoute(ports: PipelinePorts, exchange: Exchange, uri: string): CallRoute {
  return resourceRoute(ports, exchange, uri, ({ call, link }) => {
    const { serverId, name } = call.tool;
    return ports.subscriptions.add(exchange, serverId, name, link, linkUserOf(ports, exchange, serverId));
  });
}

/** Ending a subscription only ever narrows, so nobody is asked. */
async function unsubscribe(ports: PipelinePorts, exchange: Exchange): Promise<Reply> {
  const { uri } = exchange.params;
  if (typeof uri !== 'string') return invalid('uri must be a string');
  await ports.subscriptions.remove(exchange, uri);
  return { kind: 'result', result: {} };
}

/** Kept for the session; servers hear of it on links of this agent's own, or with each request. */
async function setLogLevel(ports: PipelinePorts, exchange: Exchange): Promise<Reply> {
  const { agent, session, params, scope } = exchange;
  if (exchange.era === 'modern' || !session?.id) return { kind: 'error', error: unknownMethod };
  const level = readLogLevel(params.level);
  if (level === null) return invalid('level must be a log level');
  ports.sessions.setLogLevel(agent.id, session.id, level);
  // kept all the same: servers hear of it with the first call after the pause
  if (isPausedFor(ports, agent.id)) return { kind: 'result', result: {} };
  const own = ports.linksOf(agent.id).filter(({ serverId }) => scope === null || serverId === scope);
  await Promise.all(own.map(({ link }) => ports.logLevels.raise(link, level)));
  return { kind: 'result', result: {} };
}

function invalid(problem: string): Reply {
  return { kind: 'error', error: { code: rpcErrorCodes.invalidParams, message: `Invalid params: ${problem}` } };
}
