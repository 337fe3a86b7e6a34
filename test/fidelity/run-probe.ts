import type { Era } from '../../electron/engine/exchange.ts';
import type { JsonObject, JsonValue } from '../../electron/engine/wire/json-rpc.ts';
import type { RawAnswer, RawServer } from '../fakes/fixture-raw-server.ts';
import type { Probe } from './probes.ts';
import type { RawAgent } from './raw-agent.ts';

/** What one probe looked like at both ends, in canonical JSON. */
export interface Sighting {
  /** Method and params as the server got them. */
  atServer: string;
  /** The server's question as the agent got it. */
  asked: string;
  /** The agent's answer as the server got it. */
  answered: string;
  /** Notifications and the response as the agent got them. */
  atAgent: string;
}

/** Keys sorted at every depth; numbers and strings as JavaScript reads them. */
export function canonicalJson(value: JsonValue): string {
  return JSON.stringify(sortKeys(value));
}

function sortKeys(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== 'object') return value;
  const sorted = Object.keys(value).sort();
  return Object.fromEntries(sorted.map((key) => [key, sortKeys(value[key] ?? null)]));
}

/** A modern result must say what it is; a probe that says nothing else is complete and not to be kept. */
function complete(answer: RawAnswer, era: Era, method: string): RawAnswer {
  if (era === 'legacy' || !answer.result) return answer;
  const cacheable: JsonObject = method === 'resources/read' ? { ttlMs: 0, cacheScope: 'private' } : {};
  return { ...answer, result: { resultType: 'complete', ...cacheable, ...answer.result } };
}

/** The members that are rewritten by design, on the way to the server. */
function withoutRewritten(method: string, params: JsonObject): JsonObject {
  const { inputResponses: _, requestState: __, ...call } = withoutHopNames(params);
  // A retry repeats the call; what it adds is in `answered`.
  const rest = method === 'tools/call' ? call : withoutHopNames(params);
  const meta = rest._meta as JsonObject | undefined;
  if (meta?.progressToken === undefined) return rest;
  // The gateway watches progress under a token of its own and gives the agent its own back.
  return { ...rest, _meta: { ...meta, progressToken: 'rewritten' } };
}

const hopMembers = ['io.modelcontextprotocol/clientInfo', 'io.modelcontextprotocol/serverInfo'];
const hopNames = ['scopegate', 'raw-agent'];

/**
 * The modern era names both ends of each hop in `_meta`: towards the server the client is the gateway, and towards the
 * agent the gateway names itself when the server did not. A server's own name must stay.
 */
function withoutHopNames(value: JsonObject): JsonObject {
  const meta = value._meta as JsonObject | undefined;
  if (meta === undefined) return value;
  const isHop = (key: string) => hopMembers.includes(key) && hopNames.includes(String((meta[key] as JsonObject).name));
  const kept = Object.entries(meta).filter(([key]) => !isHop(key));
  if (kept.length === Object.keys(meta).length) return value;
  const { _meta: _, ...rest } = value;
  return kept.length === 0 ? rest : { ...rest, _meta: Object.fromEntries(kept) };
}

function withoutEnvelope(message: JsonObject): JsonObject {
  const { jsonrpc: _, id: __, ...rest } = message;
  return rest.result === undefined ? rest : { ...rest, result: withoutHopNames(rest.result as JsonObject) };
}

/** Takes away what only one era has, so that both ends of a translation can be compared. */
export type Normalize = (value: JsonObject) => JsonObject;

/** Absent arguments go on as none: what was checked, shown and written down is what is sent. */
function withArguments(method: string, params: JsonObject): JsonObject {
  return method === 'tools/call' ? { arguments: {}, ...params } : params;
}

/** Runs one probe with an agent; the server, of its own era, answers it as the probe says. */
export async function runProbe(
  server: Pick<RawServer, 'answers' | 'seen' | 'replies'>,
  serverEra: Era,
  agent: RawAgent,
  probe: Probe,
  normalize: Normalize = (value) => value,
): Promise<Sighting> {
  server.answers.set(probe.method, complete(probe.answer, serverEra, probe.method));
  agent.answers.clear();
  for (const [method, answer] of Object.entries(probe.agentAnswers ?? {})) agent.answers.set(method, answer);
  const before = { seen: server.seen.length, replies: server.replies.length };
  const exchange = await agent.send(probe.method, probe.params);
  server.answers.delete(probe.method);
  const arrived = server.seen.slice(before.seen).filter((one) => one.message.method === probe.method);
  const params = arrived.map(({ message }) =>
    normalize(withArguments(probe.method, withoutRewritten(probe.method, (message.params ?? {}) as JsonObject))),
  );
  return {
    atServer: canonicalJson(params),
    asked: canonicalJson(exchange.asked.map((one) => normalize({ ...one }))),
    answered: canonicalJson(server.replies.slice(before.replies).map((one) => normalize({ ...one }))),
    atAgent: canonicalJson(
      [...exchange.notifications, exchange.response].map((one) => normalize(withoutEnvelope(one))),
    ),
  };
}
