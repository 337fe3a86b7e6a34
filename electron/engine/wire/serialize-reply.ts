import type { JsonObject, Reply, RpcErrorBody, RpcId } from './json-rpc.ts';

/**
 * The bytes of one response, as pieces to write one after another. An upstream's response is not read or copied: only
 * the id in it is replaced.
 */
export function serializeReply(id: RpcId, reply: Reply): Buffer[] {
  switch (reply.kind) {
    case 'result':
      return [Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, result: reply.result }))];
    case 'result-bytes':
      return [Buffer.from(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":`), reply.bytes, closingBrace];
    case 'error':
      return [serializeError(id, reply.error)];
    case 'raw': {
      const { bytes, idStart, idEnd } = reply.response;
      return [bytes.subarray(0, idStart), Buffer.from(JSON.stringify(id)), bytes.subarray(idEnd)];
    }
  }
}

/** An id of null stands for a message whose id could not be read. */
export function serializeError(id: RpcId | null, error: RpcErrorBody): Buffer {
  return Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, error }));
}

export function serializeNotification(method: string, params?: JsonObject): Buffer {
  return Buffer.from(JSON.stringify({ jsonrpc: '2.0', method, params }));
}

/** A request of our own, to be answered by the agent. */
export function serializeRequest(id: RpcId, method: string, params: JsonObject): Buffer {
  return Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
}

const closingBrace = Buffer.from('}');
