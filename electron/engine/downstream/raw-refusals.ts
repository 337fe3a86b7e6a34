import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RefusalLog } from './refusal-log.ts';

/** Handlers for what never becomes a request: bytes that are not HTTP, requests that come too slowly, CONNECT. */
export function refuseRawTraffic(server: Server, refusals: RefusalLog, isAnswering: (socket: Duplex) => boolean): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const { status, text } = describe(error.code);
    refusals.note(status, 'not_http');
    // Bytes in the middle of another answer would be read as part of it.
    if (!socket.writable || isAnswering(socket)) socket.destroy();
    else closeWith(socket, status, text);
  });
  server.on('connect', (_req: IncomingMessage, socket: Duplex) => {
    refusals.note(405, 'connect');
    closeWith(socket, 405, 'Method Not Allowed');
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

function closeWith(socket: Duplex, status: number, text: string): void {
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${text}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}
