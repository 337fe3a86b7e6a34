import type { Transport } from '../../shared/index.ts';
import { openHttpLink } from './http-link.ts';
import type { OpenContext } from './open-context.ts';
import type { ServerLink } from './server-link.ts';
import { openStdioLink } from './stdio-link.ts';

/** Connects to a server the way its configuration names. Throws a `LinkFault`. */
export function openLink(transport: Transport, context: OpenContext): Promise<ServerLink> {
  return transport.kind === 'stdio' ? openStdioLink(transport, context) : openHttpLink(transport, context);
}
