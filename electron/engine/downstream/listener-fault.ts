import { createServer } from 'node:net';
import type { ListenerFault } from '../../shared/index.ts';
import { ListenerError } from './contract.ts';
import { findPortHolder } from './port-holder.ts';

/** Turns a failed `listen` into words: who has the port, and which other one is free. */
export async function describeListenError(error: unknown, host: string, port: number): Promise<ListenerError> {
  const systemCode = error instanceof Error && 'code' in error ? error.code : undefined;
  const code = faultCode(systemCode);
  const [holder, freePort] = await Promise.all([
    code === 'port_taken' ? findPortHolder(port) : null,
    findFreePort(host),
  ]);
  return new ListenerError({ code, port, message: describe(code, port, holder), holder, freePort });
}

function faultCode(systemCode: unknown): ListenerFault['code'] {
  if (systemCode === 'EADDRINUSE') return 'port_taken';
  if (systemCode === 'EACCES' || systemCode === 'EPERM') return 'no_permission';
  return 'other';
}

function describe(code: ListenerFault['code'], port: number, holder: string | null): string {
  switch (code) {
    case 'port_taken':
      return `Port ${port} is in use by ${holder ?? 'another program'}.`;
    case 'no_permission':
      return `The system does not let this program use port ${port}.`;
    case 'other':
      return `Port ${port} could not be opened.`;
  }
}

/** A port that is free right now; null when the system gives none. */
function findFreePort(host: string): Promise<number | null> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(null));
    probe.listen({ port: 0, host, exclusive: true }, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null));
    });
  });
}
