import type { Readable } from 'node:stream';
import { rpcErrorCodes } from '../../engine/wire/json-rpc.ts';
import { createLineScanner } from '../../engine/wire/line-scanner.ts';
import type { ConnectOptions } from '../cli.ts';
import { writeFailure } from './failures.ts';
import { locateGateway, readAgentToken } from './gateway-access.ts';
import { createGatewayDoor } from './gateway-door.ts';
import { type ConnectPorts, LegacySession } from './legacy-session.ts';
import { asLine, type ClientLine, readClientLine } from './message-parts.ts';
import { ModernRequests } from './modern-requests.ts';

export interface ConnectContext {
  env: Readonly<Record<string, string | undefined>>;
  stdin: Readable;
  stdout: { write(bytes: Buffer): unknown; on(event: 'error', listener: () => void): unknown };
  stderr: { write(text: string): unknown };
}

/** The gateway's own cap for one message; a longer one is refused there too. */
const maxLineBytes = 4 * 1024 * 1024;
const endGraceMs = 1000;
const lineEnd = Buffer.from('\n');

/**
 * Stdio on one side, the gateway's Streamable HTTP on the other. Messages pass as they are, in both eras; nothing is decided
 * here. Resolves with the exit code when the input has ended.
 */
export async function runConnect(options: ConnectOptions, context: ConnectContext): Promise<number> {
  const say = (bytes: Buffer) => void context.stdout.write(Buffer.concat([asLine(bytes), lineEnd]));
  const token = readAgentToken(options.tokenFile, context.env);
  if (!token.ok) {
    context.stderr.write(`scopegate: ${token.message}\n`);
    await readLines(context, (line) => refuse(line, token.message, say), say);
    return 1;
  }
  const door = createGatewayDoor(token.token, () => locateGateway(options, context.env));
  const eras = createEras({ door, say });
  let last = Promise.resolve();
  await readLines(
    context,
    (line) => {
      last = last.then(() => eras.send(line));
    },
    say,
  );
  await eras.end();
  await door.close();
  return 0;
}

/** Resolves at the end of the input, or when nobody reads the output any more. */
function readLines(
  context: ConnectContext,
  take: (line: ClientLine) => void,
  say: (bytes: Buffer) => void,
): Promise<void> {
  const scanner = createLineScanner({
    maxLineBytes,
    onLine: (bytes) => take(readClientLine(Buffer.from(bytes))),
    onOverflow: () => {
      const message = `A message is larger than ${maxLineBytes} bytes.`;
      say(writeFailure('null', { code: rpcErrorCodes.invalidRequest, message }));
    },
  });
  return new Promise((resolve) => {
    context.stdin.on('data', (chunk: Buffer) => scanner.push(chunk));
    context.stdin.once('end', () => {
      scanner.end();
      resolve();
    });
    context.stdin.once('error', () => resolve());
    context.stdout.on('error', () => resolve());
  });
}

/** An agent's log is often out of its person's sight; the answer to its first request is not. */
function refuse(line: ClientLine, message: string, say: (bytes: Buffer) => void): void {
  for (const { kind, id } of line.parts) {
    if (kind === 'request' && id !== null) say(writeFailure(id.text, { code: -32000, message }));
  }
}

/** Which side a line belongs to: its own claim, and for a notification without one the request it is about. */
function createEras(ports: ConnectPorts): { send(line: ClientLine): Promise<void>; end(): Promise<void> } {
  const legacy = new LegacySession(ports);
  const modern = new ModernRequests(ports);
  return {
    async send(line) {
      const { part, params } = line.only ?? {};
      // Over HTTP the closed stream cancels a modern request; the notification is stdio's way to say it.
      if (part?.method === 'notifications/cancelled' && modern.cancel(params?.requestId)) return;
      await (line.era === 'modern' ? modern.send(line) : legacy.send(line));
    },
    async end() {
      modern.end();
      let timer: NodeJS.Timeout | undefined;
      const grace = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, endGraceMs);
      });
      await Promise.race([legacy.end(), grace]);
      clearTimeout(timer);
    },
  };
}
