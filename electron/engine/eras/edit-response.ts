import { applyEdits, type ByteEdit } from '../wire/edit-bytes.ts';
import type { RawResponse } from '../wire/json-rpc.ts';
import { locateEnvelope, scanMembers } from '../wire/raw-response.ts';

/** The response with every edit made. Edits must not overlap and leave the id alone. */
export function editResponse(response: RawResponse, edits: readonly ByteEdit[]): RawResponse {
  if (edits.length === 0) return response;
  let shift = 0;
  for (const edit of edits) if (edit.start < response.idStart) shift += edit.with.length - (edit.end - edit.start);
  return {
    ...response,
    bytes: Buffer.concat(applyEdits(response.bytes, edits)),
    idStart: response.idStart + shift,
    idEnd: response.idEnd + shift,
  };
}

/** Takes members of the result, or of its `_meta`, away and leaves every other byte as the server wrote it. */
export function removeMembers(response: RawResponse, names: readonly string[], isInMeta = false): RawResponse {
  let left = response;
  for (const name of names) {
    const at = resultStart(left);
    const object = at === -1 ? -1 : isInMeta ? (findMember(left.bytes, at, '_meta')?.start ?? -1) : at;
    const member = object === -1 ? null : findMember(left.bytes, object, name);
    if (member) left = editResponse(left, [removal(left.bytes, name, member)]);
  }
  return left;
}

/** True when the result's `_meta` has no member left. */
export function hasEmptyMeta(response: RawResponse): boolean {
  const at = resultStart(response);
  const meta = at === -1 ? null : findMember(response.bytes, at, '_meta');
  return (
    meta !== null &&
    /^\{\s*\}$/.test(response.bytes.toString('latin1', meta.start, Math.min(meta.end, meta.start + 64)))
  );
}

interface Span {
  start: number;
  end: number;
}

function resultStart(response: RawResponse): number {
  const envelope = locateEnvelope(response.bytes);
  return envelope.kind === 'response' && envelope.has === 'result' ? envelope.valueStart : -1;
}

/** The value of a member spelled plainly; names with escapes are left to who wrote them. */
function findMember(bytes: Buffer, object: number, name: string): Span | null {
  let found: Span | null = null;
  scanMembers(bytes, object, (member, start, end) => {
    if (member === name && found === null && keyStart(bytes, name, start) !== -1) found = { start, end };
  });
  return found;
}

function keyStart(bytes: Buffer, name: string, valueStart: number): number {
  let at = valueStart - 1;
  while (isSpace(bytes[at]) || bytes[at] === colon) at -= 1;
  const text = JSON.stringify(name);
  const start = at + 1 - text.length;
  return start >= 0 && bytes.toString('utf8', start, at + 1) === text ? start : -1;
}

/** A member goes with the comma after it, the last one with the comma before it. */
function removal(bytes: Buffer, name: string, value: Span): ByteEdit {
  let start = keyStart(bytes, name, value.start);
  let end = value.end;
  while (isSpace(bytes[end])) end += 1;
  if (bytes[end] === comma) return { start, end: end + 1, with: nothing };
  while (isSpace(bytes[start - 1])) start -= 1;
  if (bytes[start - 1] === comma) start -= 1;
  return { start, end: value.end, with: nothing };
}

const comma = 0x2c;
const colon = 0x3a;
const nothing = Buffer.alloc(0);

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
