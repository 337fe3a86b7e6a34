/** Facts of the revision 2026-07-28 that both sides of the gateway need. */

export const modernVersion = '2026-07-28';

/** Keys of `_meta` that the modern revision gives a meaning. */
export const metaKeys = {
  protocolVersion: 'io.modelcontextprotocol/protocolVersion',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  logLevel: 'io.modelcontextprotocol/logLevel',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
  subscriptionId: 'io.modelcontextprotocol/subscriptionId',
} as const;

/** Results with cache hints (schema: CacheableResult). */
const cacheable = new Set([
  'server/discover',
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
]);

export function isCacheable(method: string): boolean {
  return cacheable.has(method);
}

/** The only requests that may be answered with `input_required` (basic/patterns/mrtr). */
const multiRound = new Set(['tools/call', 'prompts/get', 'resources/read']);

export function isMultiRound(method: string): boolean {
  return multiRound.has(method);
}

/** Methods of the handshake eras that this revision removed: no server knows them any more. */
const removed = new Set([
  'initialize',
  'ping',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
  'tasks/list',
  'tasks/result',
]);

export function isRemoved(method: string): boolean {
  return removed.has(method);
}
