import type { ServerFault, StdioTransport } from '../../shared/index.ts';
import { cancelledFault } from './faults.ts';
import { guessIds, type Received } from './inbound.ts';
import { LinkFault } from './link.ts';
import { writeCancelled } from './messages.ts';
import { maxResultBytes, type OpenContext } from './open-context.ts';
import { createPendingCalls, type PendingCalls } from './pending-calls.ts';
import { type ProcessEnd, type ServerProcess, startServerProcess } from './server-process.ts';

/** Text on stdout before the first message beyond this is no banner: the program does not speak MCP. */
const maxGarbageLines = 500;
const maxGarbageBytes = 256 * 1024;

/** Requests before the era is settled; there is nothing to cancel of them. */
const openingMethods = new Set(['initialize', 'server/discover']);

/** A running server and the lines to and from it, whatever era is spoken. */
export interface StdioChannel {
  readonly pid: number;
  readonly pending: PendingCalls;
  /** Set when the server has ended or was given up. */
  readonly over: LinkFault | null;
  /** Resolves at the end, with the reason when it was not asked for. */
  readonly closed: Promise<ServerFault | null>;
  /** Who reads the server's lines. */
  reader: { receive(line: Buffer): Received };
  write(text: string): void;
  /** What a failure of the first messages means, with what the server wrote meanwhile. */
  explain(error: unknown): LinkFault;
  /** Ends the server because it was asked to. */
  close(): Promise<void>;
  /** Ends the server without a word about why: the attempt failed, or another process takes its place. */
  discard(): Promise<void>;
}

interface StdioState {
  process: ServerProcess | null;
  pending: PendingCalls;
  reader: StdioChannel['reader'];
  hasSpoken: boolean;
  garbageLines: number;
  garbageBytes: number;
  end: LinkFault | null;
  isStopAsked: boolean;
}

/** Starts the server. Throws a `LinkFault`; nothing of it runs on after that. */
export async function openStdioChannel(transport: StdioTransport, context: OpenContext): Promise<StdioChannel> {
  if (context.signal.aborted) throw cancelledFault(context.makeFault);
  const state: StdioState = {
    process: null,
    pending: createPendingCalls(context.makeFault, (id, method, reason) => {
      if (!openingMethods.has(method)) write(writeCancelled(id, reason), state, context);
    }),
    reader: { receive: () => ({ isJson: true, answered: [] }) },
    hasSpoken: false,
    garbageLines: 0,
    garbageBytes: 0,
    end: null,
    isStopAsked: false,
  };
  const process = await startServerProcess(transport, context, maxResultBytes, {
    onLine: (line) => takeLine(line, state, context),
    onOverflow: (head, tail) => refuseLargeLine(head, tail, state, context),
  });
  state.process = process;
  const closed = process.ended.then((end) => finish(state, context, end));
  return {
    pid: process.pid,
    pending: state.pending,
    closed,
    get over() {
      return state.end;
    },
    get reader() {
      return state.reader;
    },
    set reader(reader) {
      state.reader = reader;
    },
    write: (text) => write(text, state, context),
    explain: (error) => explainSilence(error, state, context),
    close() {
      state.isStopAsked = true;
      endWith(stoppedFault(context), state);
      return process.stop();
    },
    discard: () => process.stop(),
  };
}

/** Line ends to some readers, Node's own among them, though to JSON they are characters like any other. */
const otherLineEnds = /[\u0085\u2028\u2029]/g;

function write(text: string, state: StdioState, context: OpenContext): void {
  const line = text.replace(otherLineEnds, (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (state.process === null || state.process.writeLine(line)) return;
  const fault = context.makeFault('other', {
    message: 'The server does not read its input any more.',
    fix: 'Restart the server; if it happens again, look into its log.',
    detail: context.ring.tail(),
  });
  abandonServer(fault, state);
}

function takeLine(line: Buffer, state: StdioState, context: OpenContext): void {
  if (state.reader.receive(line).isJson) {
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

/** An answer over the cap was dropped. */
function refuseLargeLine(head: Buffer, tail: Buffer, state: StdioState, context: OpenContext): void {
  const fault = context.makeFault('too_large', {
    message: `The server's answer is larger than ${maxResultBytes / 1024 / 1024} MiB.`,
    fix: 'Ask for less at once: a page, a range, or a narrower search.',
  });
  context.ring.add('gateway', fault.fault.message);
  for (const id of guessIds(head, tail)) if (state.pending.fail(id, fault)) return;
  const only = state.pending.onlyId();
  if (only !== null) state.pending.fail(only, fault);
}

/** Ends a server that cannot be talked to; its process is stopped in the background. */
function abandonServer(fault: LinkFault, state: StdioState): void {
  endWith(fault, state);
  // never rejects: signals to a group that is gone are no error, and the registry logs what it cannot write
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
