/** Which of the two kinds of answer a client takes. */
export interface Accepts {
  json: boolean;
  stream: boolean;
  /** It named the event stream first: one that takes both gets what it would rather have. */
  prefersStream: boolean;
}

const everything: Accepts = { json: true, stream: true, prefersStream: false };

/**
 * Reads an `Accept` header (RFC 9110 12.5.1). MCP tells clients to list both types; one that sends no header, or a
 * wildcard, takes anything by HTTP's own rule.
 */
export function readAccepts(accept: string | undefined): Accepts {
  // What nearly every MCP client sends.
  if (accept === undefined || accept === 'application/json, text/event-stream') return everything;
  let json = false;
  let stream = false;
  let prefersStream = false;
  for (const part of accept.split(',')) {
    const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    if (parameters.some((parameter) => /^q\s*=\s*0(\.0*)?$/.test(parameter))) continue;
    if (type === '*/*' || type === 'application/*' || type === 'application/json') json = true;
    if (type === '*/*' || type === 'text/*' || type === 'text/event-stream') stream = true;
    if (type === 'text/event-stream' && !json) prefersStream = true;
  }
  return { json, stream, prefersStream };
}
