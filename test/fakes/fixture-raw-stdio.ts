import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { DeclaredServer } from '../../electron/engine/contract.ts';
import type { Era } from '../../electron/engine/exchange.ts';
import type { JsonObject, JsonValue } from '../../electron/engine/wire/json-rpc.ts';
import { createLineScanner } from '../../electron/engine/wire/line-scanner.ts';
import { fakeServer } from '../helpers/engine.ts';
import {
  envelope,
  polite,
  type RawAnswer,
  type RawReply,
  type RawServer,
  rawAskKey,
  rawState,
  type SeenMessage,
  withToken,
} from './fixture-raw-server.ts';

export interface RawStdioServer extends Omit<RawServer, 'url'> {
  transport: DeclaredServer['transport'];
}

/** The raw server over stdio: a program that is a pipe to this process, so that a test still says and sees everything. */
export async function startRawStdioServer(era: Era): Promise<RawStdioServer> {
  const seen: SeenMessage[] = [];
  const replies: RawReply[] = [];
  const answers: RawServer['answers'] = new Map();
  const sockets = new Set<Socket>();
  let nextAsk = 0;

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    const waiting = new Map<JsonValue, () => void>();
    const say = (text: string) => void socket.write(`${text}\n`);
    const scanner = createLineScanner({
      maxLineBytes: 64 * 1024 * 1024,
      onLine: (line) => void take(JSON.parse(line.toString()) as JsonObject, say, waiting),
      onOverflow: () => {},
    });
    socket.on('data', (chunk) => scanner.push(chunk));
  });

  async function take(message: JsonObject, say: (text: string) => void, waiting: Map<JsonValue, () => void>) {
    if (message.method === undefined) {
      replies.push({ result: message.result ?? message.error ?? null });
      waiting.get(message.id ?? null)?.();
      return;
    }
    seen.push({ message, headers: {} });
    if (message.id === undefined) return;
    const method = String(message.method);
    const params = (message.params ?? {}) as JsonObject;
    const known = answers.get(method);
    const chosen = typeof known === 'function' ? known(params) : (known ?? politeOverStdio(era, message));
    for (const notification of chosen.notifications ?? [])
      say(JSON.stringify({ jsonrpc: '2.0', ...withToken(notification, params) }));
    if (chosen.ask && era === 'modern') return say(answerInRounds(message, params, chosen, chosen.ask));
    if (chosen.ask) {
      nextAsk += 1;
      const id = `ask-${nextAsk}`;
      const replied = new Promise<void>((resolve) => waiting.set(id, resolve));
      say(JSON.stringify({ jsonrpc: '2.0', id, ...chosen.ask }));
      await replied;
    }
    say(envelope(message, chosen));
  }

  function answerInRounds(message: JsonObject, params: JsonObject, chosen: RawAnswer, ask: JsonObject): string {
    const responses = params.inputResponses as JsonObject | undefined;
    if (responses === undefined) {
      const result = { resultType: 'input_required', inputRequests: { [rawAskKey]: ask }, requestState: rawState };
      return envelope(message, { result });
    }
    replies.push({ result: responses[rawAskKey] ?? null, requestState: params.requestState ?? null });
    return envelope(message, chosen);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    transport: fakeServer('pipe-to-port.mjs', String(port)),
    seen,
    replies,
    answers,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function politeOverStdio(era: Era, { method }: JsonObject): RawAnswer {
  const error = { code: -32601, message: `Method not found: ${method}` };
  return polite(era, String(method)) ?? { error };
}
