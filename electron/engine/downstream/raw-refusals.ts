import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RefusalLog } from './refusal-log.ts';

/** Handlers for what never becomes a request: bytes that are not HTTP, requests that come too slowly, CONNECT. */
export function refuseRawTraffic(server: Server, refusals: RefusalLog, isAnswering: (socket: Duplex) => boolean): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const { status, text } = describe(error.code);
    refusals.note(status, 'not_http');
    // Bytes in the middle of another answer would be read as part of it, so only what is written already may leave.
    if (!socket.writable) socket.destroy();
    else closeWith(socket, isAnswering(socket) ? '' : `HTTP/1.1 ${status} ${text}\r\n${closingHeaders}`);
  });
  server.on('connect', (_req: IncomingMessage, socket: Duplex) => {
    refusals.note(405, 'connect');
    closeWith(socket, `HTTP/1.1 405 Method Not Allowed\r\n${closingHeaders}`);
  });
  // An expectation other than 100-continue (RFC 9110 10.1.1).
  server.on('checkExpectation', (_req, res) => {
    refusals.note(417, 'expect');
    res.writeHead(417, ['Connection', 'close', 'Content-Length', '0']).end();
  });
}

function describe(code: string | undefined): { status: number; text: string } {
  if (code === 'HPE_HEADER_OVERFLOW') return { status: 431, text: 'Request Header Fields Too Large' };
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return { status: 413, text: 'Payload Too Large' };
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { status: 408, text: 'Request Timeout' };
  return { status: 400, text: 'Bad Request' };
}

const closingHeaders = 'Connection: close\r\nContent-Length: 0\r\n\r\n';
/** A peer that does not read is not waited for any longer. */
const flushMs = 1_000;

function closeWith(socket: Duplex, last: string): void {
  const timer = setTimeout(() => socket.destroy(), flushMs);
  socket.once('close', () => clearTimeout(timer));
  socket.on('error', () => socket.destroy());
  socket.end(last, () => socket.destroy());
}
