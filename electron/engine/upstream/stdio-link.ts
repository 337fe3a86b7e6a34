import type { ServerFault, StdioTransport } from '../../shared/index.ts';
import type { RawResponse } from '../wire/json-rpc.ts';
import { cancelledFault } from './faults.ts';
import { initializeParams, readHello, readResult } from './handshake.ts';
import { receiveMessage } from './inbound.ts';
import { LinkFault, type ServerHello, type UpstreamLink } from './link.ts';
import { writeCallMessage, writeCancelled, writeNotification, writeRequest } from './messages.ts';
import { defaultInitializeMs, maxResultBytes, type OpenContext } from './open-context.ts';
import { createPendingCalls, type PendingCalls, type PendingIo } from './pending-calls.ts';
import { type ProcessEnd, type ServerProcess, startServerProcess } from './server-process.ts';

/** Commands that may download a package before the server starts. */
const downloaders = new Set([
  'npx',
  'npm',
  'pnpm',
  'pnpx',
  'yarn',
  'bunx',
  'bun',
  'uvx',
  'uv',
  'pipx',
  'docker',
  'podman',
  'deno',
]);
const downloadInitializeMs = 120_000;

/** Text on stdout before the first message beyond this is no banner: the program does not speak MCP. */
const maxGarbageLines = 500;
const maxGarbageBytes = 256 * 1024;

/** What became of the link; shared by the reader of stdout and the handle. */
interface StdioState {
  process: ServerProcess | null;
  pending: PendingCalls;
  hasSpoken: boolean;
  garbageLines: number;
  garbageBytes: number;
  end: LinkFault | null;
  isStopAsked: boolean;
}

/**
 * Starts a server and shakes hands. Throws a `LinkFault`; nothing of the server runs on after that.
 */
export async function openStdioLink(transport: StdioTransport, context: OpenContext): Promise<UpstreamLink> {
  if (context.signal.aborted) throw cancelledFault(context.makeFault);
  const state = createState(context);
  const process = await startServerProcess(transport, context, maxResultBytes, {
    onLine: (line) => takeLine(line, state, context),
    onOverflow: (head, tail) => refuseLargeLine(head, tail, state, context),
  });
  state.process = process;
  const closed = process.ended.then((end) => finish(state, context, end));
  context.onStarted();
  try {
    const hello = await shakeHands(transport, state, context);
    return makeLink(hello, process, state, context, closed);
  } catch (error) {
    const fault = explainSilence(error, state, context);
    await process.stop();
    throw fault;
  }
}

function createState(context: OpenContext): StdioState {
  const state: StdioState = {
    process: null,
    pending: createPendingCalls(context.makeFault, (id, method, reason) => {
      if (method !== 'initialize') send(writeCancelled(id, reason), state, context);
    }),
    hasSpoken: false,
    garbageLines: 0,
    garbageBytes: 0,
    end: null,
    isStopAsked: false,
  };
  return state;
}

async function shakeHands(transport: StdioTransport, state: StdioState, context: OpenContext): Promise<ServerHello> {
  if (context.signal.aborted) throw cancelledFault(context.makeFault);
  const timeoutMs = context.initializeTimeoutMs ?? chooseTimeout(transport, context);
  const io: PendingIo = { method: 'initialize', signal: context.signal, timeoutMs, progress: null };
  const id = state.pending.nextId();
  const answer = state.pending.wait(id, io);
  send(writeRequest(id, 'initialize', initializeParams(context.version)), state, context);
  const hello = readHello(await answer, context.makeFault);
  send(writeNotification('notifications/initialized'), state, context);
  return hello;
}

function chooseTimeout(transport: StdioTransport, context: OpenContext): number {
  const name = transport.command.split(/[\\/]/).pop() ?? '';
  if (!downloaders.has(name.replace(/\.(cmd|exe)$/i, '').toLowerCase())) return defaultInitializeMs;
  const seconds = downloadInitializeMs / 1000;
  context.ring.add(
    'gateway',
    `${name} may download the server first: waiting up to ${seconds} s for its first answer.`,
  );
  return downloadInitializeMs;
}

function makeLink(
  hello: ServerHello,
  process: ServerProcess,
  state: StdioState,
  context: OpenContext,
  closed: Promise<ServerFault | null>,
): UpstreamLink {
  function ask(id: number, text: string, io: PendingIo): Promise<RawResponse> {
    if (state.end !== null) return Promise.reject(state.end);
    if (io.signal?.aborted) return Promise.reject(cancelledFault(context.makeFault));
    const answer = state.pending.wait(id, io);
    send(text, state, context);
    return answer;
  }
  return {
    hello,
    pid: process.pid,
    startedAt: context.now(),
    closed,
    callTool(call, io) {
      const id = state.pending.nextId();
      const { text, agentToken } = writeCallMessage(id, call);
      const progress = agentToken === undefined ? null : { agentToken, relay: io.onProgress };
      return ask(id, text, { method: 'tools/call', signal: io.signal, timeoutMs: io.timeoutMs, progress });
    },
    async request(method, params, timeoutMs) {
      const id = state.pending.nextId();
      const response = await ask(id, writeRequest(id, method, params), {
        method,
        signal: null,
        timeoutMs,
        progress: null,
      });
      return readResult(response, method, context.makeFault);
    },
    close() {
      state.isStopAsked = true;
      endWith(stoppedFault(context), state);
      return process.stop();
    },
  };
}

function send(text: string, state: StdioState, context: OpenContext): void {
  if (state.process === null || state.process.writeLine(text)) return;
  const fault = context.makeFault('other', {
    message: 'The server does not read its input any more.',
    fix: 'Restart the server; if it happens again, look into its log.',
    detail: context.ring.tail(),
  });
  abandonServer(fault, state);
}

function takeLine(line: Buffer, state: StdioState, context: OpenContext): void {
  const envelope = receiveMessage(line, {
    pending: state.pending,
    events: context.events,
    reply: (text) => send(text, state, context),
    note: (text) => context.ring.add('gateway', text),
  });
  if (envelope.kind !== 'refused' || envelope.reason !== 'not_json') {
    state.hasSpoken = true;
    return;
  }
  context.ring.add('stdout', line.toString('utf8', 0, 8192));
  if (state.hasSpoken) return;
  state.garbageLines++;
  state.garbageBytes += line.length;
  if (state.garbageLines <= maxGarbageLines && state.garbageBytes <= maxGarbageBytes) return;
  abandonServer(garbageFault(context), state);
}

/**
 * An answer over the cap was dropped. Its id stands at one of its ends; a wrong guess could only fail a call of this
 * same server, which it can do anyway.
 */
function refuseLargeLine(head: Buffer, tail: Buffer, state: StdioState, context: OpenContext): void {
  const fault = context.makeFault('too_large', {
    message: `The server's answer is larger than ${maxResultBytes / 1024 / 1024} MiB.`,
    fix: 'Ask for less at once: a page, a range, or a narrower search.',
  });
  context.ring.add('gateway', fault.fault.message);
  const atHead = /"id"\s*:\s*(\d{1,15})\s*,/.exec(head.toString('latin1', 0, 128));
  const atTail = /"id"\s*:\s*(\d{1,15})\s*\}\s*$/.exec(tail.toString('latin1'));
  for (const hit of [atHead, atTail]) {
    if (hit !== null && state.pending.fail(Number(hit[1]), fault)) return;
  }
  const only = state.pending.onlyId();
  if (only !== null) state.pending.fail(only, fault);
}

/** Ends a server that cannot be talked to; its process is stopped in the background. */
function abandonServer(fault: LinkFault, state: StdioState): void {
  endWith(fault, state);
  void state.process?.stop();
}

function endWith(fault: LinkFault, state: StdioState): void {
  state.end ??= fault;
  state.pending.failAll(state.end);
}

/** Null when the end was asked for. */
function finish(state: StdioState, context: OpenContext, end: ProcessEnd): ServerFault | null {
  const fault = state.end ?? exitFault(end, state, context);
  endWith(fault, state);
  return state.isStopAsked ? null : fault.fault;
}

function stoppedFault(context: OpenContext): LinkFault {
  return context.makeFault('exited', {
    message: 'The server was stopped by ScopeGate.',
    fix: 'Call again: the server starts with the next call.',
  });
}

function exitFault(end: ProcessEnd, state: StdioState, context: OpenContext): LinkFault {
  if (end.code === 0 && state.garbageLines > 0 && !state.hasSpoken) return garbageFault(context);
  const how = end.signal === null ? `with exit code ${end.code}` : `by signal ${end.signal}`;
  return context.makeFault('exited', {
    message: `The server ended ${how}${state.hasSpoken ? '' : ' before it answered'}.`,
    fix: 'Read its last lines below, or run the same command in a terminal.',
    detail: context.ring.tail(),
  });
}

function garbageFault(context: OpenContext): LinkFault {
  return context.makeFault('garbage', {
    message: 'The program writes text on stdout that is not MCP.',
    fix: 'Check that the command starts an MCP server in stdio mode; many need an argument for it.',
    detail: context.ring.tail(),
  });
}

/** A handshake that ran out of time says more when the last lines come with it. */
function explainSilence(error: unknown, state: StdioState, context: OpenContext): LinkFault {
  const fault = error instanceof LinkFault ? error : context.makeFault('other', unexpectedWords(error));
  if (fault.kind !== 'timeout') return fault;
  if (state.garbageLines > 0 && !state.hasSpoken) return garbageFault(context);
  return context.makeFault('timeout', {
    message: fault.message,
    fix: 'Run the same command in a terminal and see what it waits for.',
    detail: context.ring.tail(),
  });
}

function unexpectedWords(error: unknown): { message: string; fix: string; detail: string } {
  return {
    message: 'The server could not be started.',
    fix: 'Try again; if it stays, report it with the log of this server.',
    detail: error instanceof Error ? error.message : String(error),
  };
}
