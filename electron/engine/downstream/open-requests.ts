import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Which requests of which connection are not answered yet. */
export interface OpenRequests {
  add(req: IncomingMessage, res: ServerResponse): void;
  /** Whether bytes written to this connection now would stand in another answer's place. */
  isAnswering(socket: Duplex): boolean;
}

interface OpenRequest {
  req: IncomingMessage;
  res: ServerResponse;
}

export function createOpenRequests(): OpenRequests {
  const bySocket = new Map<Duplex, Set<OpenRequest>>();
  return {
    add(req, res) {
      const { socket } = req;
      const open = bySocket.get(socket) ?? new Set<OpenRequest>();
      const entry = { req, res };
      bySocket.set(socket, open.add(entry));
      res.once('close', () => {
        open.delete(entry);
        if (open.size === 0) bySocket.delete(socket);
      });
    },
    isAnswering(socket) {
      // A request still on its way in can be answered with what went wrong in it.
      return [...(bySocket.get(socket) ?? [])].some(({ req, res }) => req.complete || res.headersSent);
    },
  };
}
