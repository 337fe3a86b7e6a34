/** Server-sent events as the HTML standard defines them, for JSON-RPC messages. */

const eventStart = Buffer.from('event: message\ndata: ');
const eventEnd = Buffer.from('\n\n');

/** A comment: keeps the connection alive, carries no event. */
export const sseHeartbeat = Buffer.from(':\n\n');

/**
 * The pieces of one event whose data is the message that `parts` make up together.
 * @param eventId what a client gives as `Last-Event-ID` to go on behind this event; must hold no line break
 */
export function sseEvent(parts: readonly Buffer[], eventId?: string): Buffer[] {
  const start = eventId === undefined ? eventStart : Buffer.from(`event: message\nid: ${eventId}\ndata: `);
  return [start, ...parts.map(toOneLine), eventEnd];
}

/** An event without a message: gives the client an id to resume from and how long to wait first, milliseconds. */
export function ssePriming(eventId: string, retryMs: number): Buffer {
  return Buffer.from(`id: ${eventId}\nretry: ${retryMs}\ndata: \n\n`);
}

/**
 * A raw line break in JSON is white space between tokens (inside strings it must be escaped), so a space means the same
 * and keeps an upstream's pretty-printed message within one `data` line.
 */
function toOneLine(bytes: Buffer): Buffer {
  if (!bytes.includes(0x0a) && !bytes.includes(0x0d)) return bytes;
  const line = Buffer.from(bytes);
  for (let i = 0; i < line.length; i++) if (line[i] === 0x0a || line[i] === 0x0d) line[i] = 0x20;
  return line;
}
