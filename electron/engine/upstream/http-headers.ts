import type { HttpTransport } from '../../shared/index.ts';
import type { OpenContext } from './open-context.ts';
import { resolveReferences } from './references.ts';

/** Written by the link itself; a configured one would break the session or the framing. */
const ownHeaders = new Set([
  'accept',
  'accept-encoding',
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'last-event-id',
  'mcp-method',
  'mcp-name',
  'mcp-protocol-version',
  'mcp-session-id',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const minLiteralSecret = 12;

/** Resolved only when a link opens, and kept by that link alone. */
export async function resolveHeaders(transport: HttpTransport, context: OpenContext): Promise<Record<string, string>> {
  const resolved = await resolveReferences(transport.headers, context);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(resolved)) {
    const key = name.toLowerCase();
    if (ownHeaders.has(key) || key.startsWith('mcp-param-')) continue;
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      throw context.makeFault('secret', {
        message: `The value of the header ${name} has characters a header cannot carry.`,
        fix: 'Look for line breaks or invisible characters in the referenced value.',
      });
    }
    // Also a credential that was written out; a short word such as "prod" would only blank the log.
    if (value.length >= minLiteralSecret) context.redactor.addLiteral(value);
    headers[key] = value;
  }
  headers['user-agent'] ??= `scopegate/${context.version}`;
  return headers;
}
