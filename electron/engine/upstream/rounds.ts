import { isMultiRound } from '../eras/modern-methods.ts';
import type { AskAnswer, AskMethod, AskTies } from '../exchange.ts';
import type { JsonObject, JsonValue, RawResponse, RpcErrorBody } from '../wire/json-rpc.ts';
import { findResultMember } from '../wire/raw-response.ts';
import { cancelledFault, type FaultMaker, withheldFault } from './faults.ts';
import { parseResponse } from './handshake.ts';
import type { LinkFault } from './link.ts';
import { isObject } from './messages.ts';
import { isAskMethod } from './server-asks.ts';

export interface RoundsPorts {
  method: string;
  signal: AbortSignal;
  makeFault: FaultMaker;
  /** Sends the call anew, under an id of its own, with these members added to its parameters. */
  once(added: JsonObject): Promise<RawResponse>;
  /** The client that asks can take a task in place of a result (tasks extension). */
  takesTasks: boolean;
  /** Policy at this instant: false, and the call is not sent again. */
  mayGoOn(): boolean;
  /** Null: no capability was declared, so nothing may be asked. */
  ask: ((method: AskMethod, params: JsonObject, ties: AskTies) => Promise<AskAnswer>) | null;
}

/** A server that never has enough asks for ever. */
const maxRounds = 16;
const maxRequests = 32;
/** Between two rounds in which the server asked nothing but to be called again. */
const statePauseMs = 250;
/** Extensions may add types to methods of their own. */
const coreMethods = new Set(['tools/call', 'prompts/get', 'resources/read', 'completion/complete']);

/**
 * Sends a call to a modern server until it is answered: each `input_required` becomes questions to the agent, asked
 * together, and the call is sent again with the answers and the server's own state, unread. Throws a `LinkFault`.
 */
export async function runRounds(ports: RoundsPorts): Promise<RawResponse> {
  let added: JsonObject = {};
  for (let round = 0; round < maxRounds; round++) {
    const response = await ports.once(added);
    if (!needsInput(response, ports)) return response;
    const wanted = readWanted(response, ports);
    if (wanted.requests.length === 0) await pause(ports);
    const answers = await askAll(wanted.requests, ports);
    if (ports.signal.aborted) throw cancelledFault(ports.makeFault);
    // the questions took their time: neither the answers nor the call itself go out under a policy that says no
    if (!ports.mayGoOn()) throw withheldFault(ports.makeFault);
    const refused = answers.find((answer) => 'error' in answer);
    if (refused !== undefined && 'error' in refused) return writeError(response, refused.error);
    added = {
      ...(wanted.requests.length === 0 ? {} : { inputResponses: Object.fromEntries(answers.flatMap(toEntry)) }),
      ...(wanted.state === undefined ? {} : { requestState: wanted.state }),
    };
  }
  throw broken(ports, `The server asked for input ${maxRounds} times and did not finish.`);
}

/** Reads only `resultType`: results can be large. Throws when it is not one that exists. */
function needsInput(response: RawResponse, ports: RoundsPorts): boolean {
  const found = findResultMember(response, 'resultType');
  if (found === null) return false;
  const type = found === 'twice' ? null : readText(found);
  if (type === 'input_required') return true;
  if (type === 'complete') return false;
  if (type === 'task') {
    if (ports.method === 'tools/call' && ports.takesTasks) return false;
    throw broken(ports, 'The server answered with a task to a request that may not become one.');
  }
  if (typeof type === 'string' && !coreMethods.has(ports.method)) return false;
  throw broken(ports, 'The server answered with a resultType that does not exist.');
}

function readText(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}

interface WantedRequest {
  key: string;
  method: AskMethod;
  params: JsonObject;
}

function readWanted(response: RawResponse, ports: RoundsPorts): { requests: WantedRequest[]; state?: JsonValue } {
  if (!isMultiRound(ports.method)) throw broken(ports, `The server asked for input on ${ports.method}.`);
  const result = parseResponse(response)?.result;
  const { inputRequests = {}, requestState } = isObject(result) ? result : {};
  const isUsable = isObject(inputRequests) && (requestState === undefined || typeof requestState === 'string');
  if (!isUsable) throw broken(ports, 'The server asked for input in a form that does not exist.');
  const requests = Object.entries(inputRequests).map(([key, value]) => readRequest(key, value, ports));
  if (requests.length > maxRequests) throw broken(ports, `The server asked ${requests.length} questions at once.`);
  if (requests.length === 0 && requestState === undefined) {
    throw broken(ports, 'The server asked for input and did not say which.');
  }
  return requestState === undefined ? { requests } : { requests, state: requestState };
}

function readRequest(key: string, value: JsonValue, ports: RoundsPorts): WantedRequest {
  const { method, params = {} } = isObject(value) ? value : {};
  if (isAskMethod(method) && isObject(params)) return { key, method, params };
  throw broken(ports, 'The server asked for input with a method that does not exist.');
}

type Answered = { key: string; result: JsonValue } | { key: string; error: RpcErrorBody };

function askAll(requests: WantedRequest[], ports: RoundsPorts): Promise<Answered[]> {
  return Promise.all(
    requests.map(async ({ key, method, params }): Promise<Answered> => {
      const answer = ports.ask === null ? { kind: 'unsupported' as const } : await ports.ask(method, params, { key });
      if (answer.kind === 'result') return { key, result: answer.result };
      if (answer.kind === 'unsupported') {
        throw broken(ports, `The server asked for ${method}, which cannot be asked here.`);
      }
      // There is no error among input responses; a form that could not be shown counts as one that was closed.
      if (method === 'elicitation/create') return { key, result: { action: 'cancel' } };
      return { key, error: answer.error };
    }),
  );
}

function toEntry(answer: Answered): [string, JsonValue][] {
  return 'result' in answer ? [[answer.key, answer.result]] : [];
}

/** What the agent answered ends its own call: the server has no way to hear of an error. */
function writeError(asked: RawResponse, error: RpcErrorBody): RawResponse {
  const head = Buffer.from('{"jsonrpc":"2.0","id":');
  const id = asked.bytes.subarray(asked.idStart, asked.idEnd);
  const bytes = Buffer.concat([head, id, Buffer.from(`,"error":${JSON.stringify(error)}}`)]);
  return { bytes, idStart: head.length, idEnd: head.length + id.length, has: 'error' };
}

function pause({ signal }: RoundsPorts): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, statePauseMs);
    signal.addEventListener('abort', end, { once: true });
  });
}

function broken(ports: RoundsPorts, message: string): LinkFault {
  return ports.makeFault('protocol', { message, fix: 'Update the server, or report this to its author.' });
}
