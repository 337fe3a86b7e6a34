import type { ByteEdit } from '../wire/edit-bytes.ts';
import { applyEdits } from '../wire/edit-bytes.ts';
import type { JsonObject, JsonValue, RawResponse, Reply, RpcErrorBody, RpcId } from '../wire/json-rpc.ts';
import { rpcErrorCodes } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';
import { isSpelled, locateEnvelope, scanMembers } from '../wire/raw-response.ts';
import { serializeError, serializeReply } from '../wire/serialize-reply.ts';
import { isCacheable, isMultiRound, metaKeys } from './modern-methods.ts';
import { toModernError } from './translate-response.ts';

/** One JSON-RPC response of the modern revision, as pieces to write one after another, and the HTTP status it has. */
export interface ModernReply {
  status: number;
  parts: Buffer[];
}

export interface ModernReplyContext {
  id: RpcId;
  method: string;
  /** Name and version of the gateway; a server's own that stands in its result is kept. */
  serverInfo: JsonObject;
}

interface Span {
  start: number;
  end: number;
}

/** A larger `_meta` is not looked into, and gets nothing added. */
const maxMetaBytes = 64 * 1024;
/** An error is parsed as a whole; a larger one says too much. */
const maxErrorBytes = 1024 * 1024;

/**
 * What the pipeline gave back, as 2026-07-28 wants it: `resultType`, cache hints (always private and stale at once:
 * lists are filtered for one agent and policy may change), `_meta` serverInfo, error codes and HTTP status. Large results
 * are not parsed: members are put into the bytes. Everything else stays as it was.
 *
 * Only the gateway may say `input_required`: one written by a server would reach the person past all policy. So would
 * questions in any other result of these methods, to a client that looks for nothing else; they are emptied.
 */
export function toModernReply(context: ModernReplyContext, reply: Reply): ModernReply {
  if (reply.kind === 'error') return errorReply(context.id, readCode(reply.error));
  if (reply.kind === 'result') {
    return patchResponse(context, reply, serializeReply(context.id, reply), 'result');
  }
  if (reply.kind === 'result-bytes') return patchResponse(context, reply, serializeReply(context.id, reply), 'result');
  return patchResponse(context, reply, [reply.response.bytes], reply.response.has);
}

/** Codes that are no modern ones, and codes that speak of the gateway's own hop to a server. */
function readCode(error: RpcErrorBody): RpcErrorBody {
  const isForeign = error.code === rpcErrorCodes.headerMismatch || error.code === rpcErrorCodes.unsupportedVersion;
  return isForeign ? { ...error, code: rpcErrorCodes.internal } : toModernError(error);
}

/** HTTP status of a response that holds this error (basic/index, Streamable HTTP). */
function statusOf(code: number): number {
  if (code === rpcErrorCodes.methodNotFound) return 404;
  return code === rpcErrorCodes.missingClientCapability ? 400 : 200;
}

function errorReply(id: RpcId, error: RpcErrorBody): ModernReply {
  return { status: statusOf(error.code), parts: [serializeError(id, error)] };
}

const unusable: RpcErrorBody = {
  code: rpcErrorCodes.internal,
  message: 'The server sent an answer that cannot be passed on.',
};

function patchResponse(
  context: ModernReplyContext,
  reply: Exclude<Reply, { kind: 'error' }>,
  pieces: Buffer[],
  has: RawResponse['has'],
): ModernReply {
  const bytes = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
  const at = locateEnvelope(bytes);
  if (at.kind !== 'response') return errorReply(context.id, unusable);
  if (has === 'error') return readError(context.id, bytes.subarray(at.valueStart, at.valueEnd));
  const edits = editResult(context, bytes, at.valueStart);
  if (edits === null) return errorReply(context.id, unusable);
  if (reply.kind === 'raw') {
    const { idStart, idEnd } = reply.response;
    edits.push({ start: idStart, end: idEnd, with: Buffer.from(JSON.stringify(context.id)) });
  }
  return { status: 200, parts: applyEdits(bytes, edits) };
}

function readError(id: RpcId, bytes: Buffer): ModernReply {
  if (bytes.length > maxErrorBytes) return errorReply(id, unusable);
  const error = parse(bytes);
  if (!isObject(error) || !Number.isSafeInteger(error.code)) return errorReply(id, unusable);
  // Unknown members of an error travel on; only its code may change.
  return errorReply(id, readCode(error as JsonObject & RpcErrorBody));
}

/** The edits that make the result at `start` a modern one; null when it must not be passed on. */
function editResult({ method, serverInfo }: ModernReplyContext, bytes: Buffer, start: number): ByteEdit[] | null {
  const found = new Map<string, Span[]>();
  const end = scanMembers(bytes, start, (name, from, to) => {
    const spans = found.get(name) ?? [];
    spans.push({ start: from, end: to });
    found.set(name, spans);
  });
  // Not an object: no result that any revision knows, and nothing can be added to it.
  if (end < 0) return [];
  const edits: ByteEdit[] = [];
  const added: string[] = [];
  const types = found.get('resultType') ?? [];
  if (types.length > 1 || types.some((type) => isInputRequired(bytes, type))) return null;
  if (types.length === 0) added.push('"resultType":"complete"');
  if (isMultiRound(method)) edits.push(...emptyQuestions(found));
  if (isCacheable(method)) {
    force(edits, added, found, 'ttlMs', '0');
    force(edits, added, found, 'cacheScope', '"private"');
  }
  // Earlier revisions let old servers answer a call without content.
  if (method === 'tools/call' && types.length === 0 && !found.has('content')) added.push('"content":[]');
  addServerInfo(edits, added, bytes, found.get('_meta'), serverInfo);
  if (added.length > 0) edits.push(appendMembers(bytes, start, end, added));
  return edits;
}

function emptyQuestions(found: ReadonlyMap<string, Span[]>): ByteEdit[] {
  const spans = [...found].flatMap(([name, at]) => (isSpelled(name, 'inputRequests') ? at : []));
  return spans.map((span) => ({ ...span, with: Buffer.from('{}') }));
}

function isInputRequired(bytes: Buffer, span: Span): boolean {
  const type = parse(bytes.subarray(span.start, span.end));
  return typeof type !== 'string' || type === 'input_required';
}

function force(
  edits: ByteEdit[],
  added: string[],
  found: ReadonlyMap<string, Span[]>,
  name: string,
  value: string,
): void {
  const spans = found.get(name) ?? [];
  for (const span of spans) edits.push({ ...span, with: Buffer.from(value) });
  if (spans.length === 0) added.push(`"${name}":${value}`);
}

function addServerInfo(
  edits: ByteEdit[],
  added: string[],
  bytes: Buffer,
  spans: readonly Span[] | undefined,
  serverInfo: JsonObject,
): void {
  const member = `${JSON.stringify(metaKeys.serverInfo)}:${JSON.stringify(serverInfo)}`;
  const [span] = spans ?? [];
  if (span === undefined) {
    added.push(`"_meta":{${member}}`);
    return;
  }
  if (spans?.length !== 1 || span.end - span.start > maxMetaBytes) return;
  const meta = parse(bytes.subarray(span.start, span.end));
  if (!isObject(meta) || metaKeys.serverInfo in meta) return;
  edits.push(appendMembers(bytes, span.start, span.end, [member]));
}

/** Behind the last member, so that readers that take the last of two alike take ours. */
function appendMembers(bytes: Buffer, start: number, end: number, members: readonly string[]): ByteEdit {
  let last = end - 2;
  while (last > start && isSpace(bytes[last])) last--;
  const comma = last === start ? '' : ',';
  return { start: last + 1, end: last + 1, with: Buffer.from(`${comma}${members.join(',')}`) };
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function parse(bytes: Buffer): JsonValue | undefined {
  try {
    return JSON.parse(bytes.toString('utf8')) as JsonValue;
  } catch {
    return undefined;
  }
}
