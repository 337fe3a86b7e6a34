import type { AskAnswer, AskMethod, AskTies } from '../exchange.ts';
import { type JsonObject, type RpcId, rpcErrorCodes } from '../wire/json-rpc.ts';
import type { LinkEvents } from './link.ts';
import { writeNotification } from './messages.ts';
import type { CallInFlight, PendingCalls } from './pending-calls.ts';

export interface AskPorts {
  /** A link without an owner: nobody may be asked through it, whatever the server tries. */
  isShared: boolean;
  pending: PendingCalls;
  events: LinkEvents;
  /** Sends our answer to a request of the server. */
  reply(text: string): void;
  note(text: string): void;
}

/** Requests of a legacy server to its client. */
export interface ServerAsks {
  take(id: RpcId, method: string, params: JsonObject, streamOf: number | null): void;
  /** The server takes its own request back. */
  withdraw(id: unknown): void;
  /** The connection is over: nobody waits for answers any more. */
  withdrawAll(): void;
}

/** Open questions of one link; a server cannot pile up prompts without end. */
const maxOpenAsks = 32;

const askMethods = new Set<string>(['elicitation/create', 'sampling/createMessage', 'roots/list']);

export function isAskMethod(method: unknown): method is AskMethod {
  return typeof method === 'string' && askMethods.has(method);
}

/**
 * Answers `ping` itself and hands every other request a server may make to the call it belongs to: the one whose stream
 * brought it, else the newest in flight, else the owner's own stream. A dedicated link has one owner, so a wrong guess
 * between calls never reaches another agent.
 */
export function createServerAsks(ports: AskPorts): ServerAsks {
  const open = new Map<RpcId, AbortController>();

  function take(id: RpcId): AbortController | undefined {
    const withdrawal = open.get(id);
    open.delete(id);
    return withdrawal;
  }

  function refuse(id: RpcId, message: string): void {
    ports.reply(JSON.stringify({ jsonrpc: '2.0', id, error: { code: rpcErrorCodes.methodNotFound, message } }));
  }

  /** A bug on the way to the agent: the server must not wait for ever, and the engine must not end. */
  function fail(id: RpcId): void {
    ports.note('A request of the server failed inside ScopeGate.');
    if (!open.delete(id)) return;
    const error = { code: rpcErrorCodes.internal, message: 'The request could not be passed on.' };
    ports.reply(JSON.stringify({ jsonrpc: '2.0', id, error }));
  }

  async function ask(id: RpcId, method: AskMethod, params: JsonObject, streamOf: number | null): Promise<void> {
    const named = streamOf === null ? null : ports.pending.callOf(streamOf);
    const call: CallInFlight | null = named ?? ports.pending.calls().at(-1) ?? null;
    // Which of several calls the server works for is not known then, so the clock of all stands still.
    const goOn = ports.pending.standStill(named === null ? null : streamOf);
    const withdrawal = new AbortController();
    open.set(id, withdrawal);
    const ties: AskTies = {
      signal: withdrawal.signal,
      onProgress(progress) {
        if (open.has(id)) ports.reply(writeNotification('notifications/progress', progress));
      },
    };
    // no server is told that tasks can be made of its questions, so one that asks for that is not heard (2025-11-25, tasks)
    const { task: _task, ...plain } = params;
    const asked = call === null ? ports.events.onAsk(method, plain, ties) : call.io.ask(method, plain, ties);
    const answer = await asked.finally(goOn);
    if (open.delete(id)) ports.reply(writeAnswer(id, answer));
  }

  return {
    take(id, method, params, streamOf) {
      if (method === 'ping') ports.reply(JSON.stringify({ jsonrpc: '2.0', id, result: {} }));
      else if (!isAskMethod(method)) refuse(id, 'Method not found');
      else if (ports.isShared) refuse(id, notDeclared);
      else if (open.has(id) || open.size >= maxOpenAsks) {
        ports.note(`Refused ${method}: ${open.has(id) ? 'its id is in use' : 'too many open requests of the server'}.`);
        if (!open.has(id)) refuse(id, 'Too many open requests.');
      } else void ask(id, method, params, streamOf).catch(() => fail(id));
    },
    withdraw(id) {
      if (typeof id === 'string' || typeof id === 'number') take(id)?.abort();
    },
    withdrawAll() {
      for (const id of [...open.keys()]) take(id)?.abort();
    },
  };
}

const notDeclared = 'This client did not declare that capability.';

function writeAnswer(id: RpcId, answer: AskAnswer): string {
  if (answer.kind === 'result') return JSON.stringify({ jsonrpc: '2.0', id, result: answer.result });
  const error = answer.kind === 'error' ? answer.error : { code: rpcErrorCodes.methodNotFound, message: notDeclared };
  return JSON.stringify({ jsonrpc: '2.0', id, error });
}
