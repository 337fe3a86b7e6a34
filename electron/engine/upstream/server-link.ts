import { type LogLevel, readLogLevel } from '../eras/log-levels.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import type { LegacyConversation } from './legacy-conversation.ts';
import type { UpstreamLink } from './link.ts';
import type { ModernConversation } from './modern-conversation.ts';

/** What one user of a modern server said for its whole session. */
export interface UserState {
  logLevel: LogLevel | null;
}

/** A link as the pool keeps it. */
export interface ServerLink extends UpstreamLink {
  /**
   * The link as one user sees it. A modern server is told the user's capabilities and log level with each call, so many
   * users share the link and nothing of one is kept for another. A legacy link is its user's own already.
   */
  forUser(capabilities: JsonObject, state: UserState): UpstreamLink;
}

/** What a link is beside its conversation. */
export type LinkBody = Pick<UpstreamLink, 'hello' | 'pid' | 'startedAt' | 'closed' | 'close'>;

export function makeLegacyLink(conversation: LegacyConversation, body: LinkBody): ServerLink {
  const { send, request, notify } = conversation;
  const followTask = async () => {};
  const link: ServerLink = { era: 'legacy', send, request, notify, followTask, forUser: () => link, ...body };
  return link;
}

/** Without a user nothing can be asked of anybody through it. */
export function makeModernLink(conversation: ModernConversation, body: LinkBody): ServerLink {
  const { request, notify, followTask } = conversation;
  return {
    era: 'modern',
    send: (call, io) => conversation.send(call, io, { capabilities: null, logLevel: null }),
    request,
    notify,
    followTask,
    ...body,
    forUser: (capabilities, state) => ({
      era: 'modern',
      send: (call, io) => conversation.send(call, io, { capabilities, logLevel: state.logLevel }),
      async request(method, params, timeoutMs) {
        if (method !== 'logging/setLevel') return request(method, params, timeoutMs);
        state.logLevel = readLogLevel(params.level);
        return {};
      },
      notify,
      followTask,
      ...body,
    }),
  };
}
