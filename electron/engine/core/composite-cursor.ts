import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

/** How far the list of each server was read; a server that is not named has no more. */
export type ServerCursors = Record<string, string>;

const macBytes = 16;

/** One opaque cursor for the pages of several servers, good for one agent and one method. */
export function sealCursor(key: KeyObject, agentId: string, method: string, cursors: ServerCursors): string {
  const text = Buffer.from(JSON.stringify(cursors));
  return Buffer.concat([macOf(key, agentId, method, text), text]).toString('base64url');
}

/** Null: not a cursor of ours for this agent and method. */
export function openCursor(key: KeyObject, agentId: string, method: string, cursor: string): ServerCursors | null {
  const bytes = Buffer.from(cursor, 'base64url');
  const text = bytes.subarray(macBytes);
  if (bytes.length <= macBytes) return null;
  if (!timingSafeEqual(bytes.subarray(0, macBytes), macOf(key, agentId, method, text))) return null;
  return JSON.parse(text.toString('utf8')) as ServerCursors;
}

function macOf(key: KeyObject, agentId: string, method: string, text: Buffer): Buffer {
  const hmac = createHmac('sha256', key)
    .update('cursor\0')
    .update(JSON.stringify([agentId, method]));
  return hmac.update('\0').update(text).digest().subarray(0, macBytes);
}
