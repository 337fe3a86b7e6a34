import { BridgeFault } from '../faults.ts';
import { isSignInFault } from '../oauth-parts.ts';
import type { EngineParts } from './context.ts';
import type { HandlersFor } from './handlers.ts';

/** What a person does about signing in at a server. */
export function makeOAuthHandlers({ oauth, servers }: EngineParts): HandlersFor<'oauth'> {
  /** Throws `BridgeFault` for a server that is gone, or one nobody signs in at. */
  const addressOf = (serverId: string): string => {
    servers.existing(serverId);
    const address = oauth.addressOf(serverId);
    if (address !== null) return address;
    throw new BridgeFault('conflict', 'Nobody signs in at a program.', 'Give it a credential as a variable instead.');
  };
  return {
    'oauth.status': ({ serverId }) => oauth.desk.view(serverId, addressOf(serverId)),
    'oauth.signIn': ({ serverId }) => tell(oauth.desk.signIn(serverId, addressOf(serverId))),
    'oauth.cancel': async ({ serverId }) => {
      servers.existing(serverId);
      await oauth.desk.cancel(serverId);
      return {};
    },
    'oauth.signOut': async ({ serverId }) => ({
      revoked: await tell(oauth.desk.signOut(serverId, addressOf(serverId))),
    }),
    'oauth.setClient': async ({ serverId, client }) => {
      await tell(oauth.desk.setClient(serverId, addressOf(serverId), client));
      return {};
    },
  };
}

/** What a sign-in refuses is an answer to the person, not a bug. */
async function tell<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!isSignInFault(error)) throw error;
    throw new BridgeFault('unavailable', error.message, error.fix);
  }
}
