import type { ArmedCall } from '../core/stages.ts';
import { editResponse } from '../eras/edit-response.ts';
import { closeResponse, openResponse } from '../eras/raw-message.ts';
import { toLegacyResponse } from '../eras/translate-response.ts';
import type { Era } from '../exchange.ts';
import type { JsonObject, RawResponse } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';
import type { PipelinePorts } from './ports.ts';
import { scanUris } from './scan-uris.ts';
import { noteEndInResponse, noteEndInState } from './task-end.ts';

const taskMarker = Buffer.from('"taskId"');

/**
 * The response as the agent gets it: the server's own bytes, except where an address has another form for this agent,
 * where tasks of others are left out, and where the eras differ.
 */
export function finishResponse(ports: PipelinePorts, call: ArmedCall, era: Era, response: RawResponse): RawResponse {
  if (response.has === 'result') learnTask(ports, call, response);
  if (call.tool.kind === 'task') noteTask(ports, call, response);
  const filtered = call.exchange.method === 'tasks/list' ? withOwnTasks(ports, call, response) : response;
  const shown = call.exchange.scope === null ? withShownUris(ports, call, filtered) : filtered;
  return era === 'modern' && call.exchange.era === 'legacy' ? toLegacyResponse(shown) : shown;
}

/** The address of each mentioned resource is remembered, so that the agent can read what it was shown. */
function withShownUris(ports: PipelinePorts, call: ArmedCall, response: RawResponse): RawResponse {
  if (response.has === 'error') return response;
  const { agent } = call.exchange;
  const edits = scanUris(response.bytes).flatMap(({ uri, start, end }) => {
    // what is on the web is there for everybody to fetch: its address is no server's own
    if (/^https?:/i.test(uri)) return [];
    const shown = ports.resources.learn(agent.id, call.tool.serverId, uri, false);
    return shown === uri ? [] : [{ start, end, with: Buffer.from(JSON.stringify(shown)) }];
  });
  return editResponse(response, edits);
}

/** A call that became a task: the legacy form wraps the task, the modern one is a kind of result. */
function learnTask(ports: PipelinePorts, call: ArmedCall, response: RawResponse): void {
  if (call.exchange.method !== 'tools/call' || response.bytes.indexOf(taskMarker) === -1) return;
  const open = openResponse(response);
  if (open?.has !== 'result') return;
  const { task } = open.result;
  const taskId = isObject(task) ? task.taskId : open.result.resultType === 'task' ? open.result.taskId : undefined;
  if (typeof taskId !== 'string') return;
  const { agent } = call.exchange;
  const { serverId, name } = call.tool;
  const settledAt = ports.tasks.find(agent.id, serverId, taskId)?.settledAt ?? null;
  const known = { agentId: agent.id, serverId, taskId, tool: name, approvalId: call.approvalId, settledAt };
  ports.tasks.learn(known);
  noteEndInState(ports, agent, known, isObject(task) ? task : open.result);
}

function noteTask(ports: PipelinePorts, { exchange, tool, arguments: { id } }: ArmedCall, response: RawResponse): void {
  const task = typeof id === 'string' ? ports.tasks.find(exchange.agent.id, tool.serverId, id) : null;
  if (task) noteEndInResponse(ports, exchange.agent, task, exchange.method, response);
}

/** On a link that agents share a server tells of the tasks of all of them. */
function withOwnTasks(ports: PipelinePorts, call: ArmedCall, response: RawResponse): RawResponse {
  const open = openResponse(response);
  if (open?.has !== 'result' || !Array.isArray(open.result.tasks)) return response;
  const { agent } = call.exchange;
  const isOwn = (task: JsonObject) => {
    const known = typeof task.taskId === 'string' ? ports.tasks.find(agent.id, call.tool.serverId, task.taskId) : null;
    if (known) noteEndInState(ports, agent, known, task);
    return known !== null;
  };
  const tasks = open.result.tasks.filter((task) => isObject(task) && isOwn(task));
  return closeResponse({ has: 'result', result: { ...open.result, tasks } });
}
