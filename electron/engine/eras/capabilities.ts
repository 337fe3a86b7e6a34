import type { AskSwitches } from '../../shared/index.ts';
import type { AskMethod, Era } from '../exchange.ts';
import type { JsonObject, JsonValue, RpcErrorBody } from '../wire/json-rpc.ts';
import { rpcErrorCodes } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';

/** The modern form of tasks; the legacy one is the capability `tasks`. Neither can be told in the other era's terms. */
export const tasksExtension = 'io.modelcontextprotocol/tasks';

/** The client capability each question needs. */
export const askNames = {
  'elicitation/create': 'elicitation',
  'sampling/createMessage': 'sampling',
  'roots/list': 'roots',
} as const satisfies Record<AskMethod, keyof AskSwitches>;

/** One server as an agent of `era` is told of it. */
export interface ServerCapabilities {
  capabilities: JsonObject;
  era: Era;
}

/**
 * What one server can do, as an agent of `era` reached by its own path is told: everything it said, with `listChanged`
 * because this gateway always tells, and without what does not cross eras.
 */
export function capabilitiesOfOne(server: ServerCapabilities, era: Era): JsonObject {
  const { tasks, extensions, ...rest } = server.capabilities;
  const told: JsonObject = { ...rest, tools: { ...objectOf(rest.tools), listChanged: true } };
  if (isObject(rest.prompts)) told.prompts = { ...rest.prompts, listChanged: true };
  if (isObject(rest.resources)) told.resources = { ...rest.resources, listChanged: true };
  if (tasks !== undefined && era === 'legacy' && server.era === 'legacy') told.tasks = tasks;
  const kept = withoutTasks(extensions, era === 'modern' && server.era === 'modern');
  if (kept !== undefined) told.extensions = kept;
  return told;
}

/**
 * What all servers together can do. Vendor members of the first server that has them win. A list of tasks is one server's
 * own: a task of the others is found by its id alone.
 */
export function capabilitiesOfAll(servers: readonly ServerCapabilities[], era: Era): JsonObject {
  const told: JsonObject = { tools: { listChanged: true } };
  for (const server of servers) {
    const { tools: _tools, ...one } = capabilitiesOfOne(server, era);
    for (const [name, value] of Object.entries(one)) {
      const before = told[name];
      const own = name === 'tasks' && servers.length > 1 ? withoutList(value) : value;
      told[name] = isObject(before) && isObject(own) ? mergeMembers(before, own) : (before ?? own);
    }
  }
  return told;
}

/** The client capabilities that hold towards one server: the agent's own less what the person switched off for it. */
export function capabilitiesTowards(client: JsonObject, switches: AskSwitches): JsonObject {
  const held: JsonObject = {};
  for (const [name, value] of Object.entries(client)) {
    if (name === 'tasks') continue;
    const position = Object.hasOwn(switches, name) ? switches[name as keyof AskSwitches] : 'allow';
    if (position !== 'deny') held[name] = value;
  }
  return held;
}

/** Whether a client of the modern era takes a task in place of a result. */
export function takesTasks(client: JsonObject): boolean {
  return isObject(client.extensions) && isObject(client.extensions[tasksExtension]);
}

/** What a client that cannot take tasks is told (tasks extension, protocol errors). */
export const missingTasks: RpcErrorBody = {
  code: rpcErrorCodes.missingClientCapability,
  message: 'Missing required client capability',
  data: { requiredCapabilities: { extensions: { [tasksExtension]: {} } } },
};

/** True when a server could ask something through these capabilities. */
export function canBeAsked(capabilities: JsonObject): boolean {
  return Object.values(askNames).some((name) => isObject(capabilities[name]));
}

/** A flag that one server sets counts; other members of the first win. */
function mergeMembers(before: JsonObject, own: JsonObject): JsonObject {
  const merged = { ...own, ...before };
  for (const [name, value] of Object.entries(own)) if (value === true) merged[name] = true;
  return merged;
}

function withoutTasks(extensions: unknown, isKept: boolean): JsonObject | undefined {
  if (!isObject(extensions as JsonObject)) return undefined;
  const { [tasksExtension]: tasks, ...rest } = extensions as JsonObject;
  const kept = isKept && tasks !== undefined ? { ...rest, [tasksExtension]: tasks } : rest;
  return Object.keys(kept).length === 0 ? undefined : kept;
}

function withoutList(tasks: JsonValue): JsonValue {
  if (!isObject(tasks)) return tasks;
  const { list: _list, ...rest } = tasks;
  return rest;
}

function objectOf(value: unknown): JsonObject {
  return isObject(value as JsonObject) ? (value as JsonObject) : {};
}
