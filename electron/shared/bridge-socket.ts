import { z } from 'zod';
import { bridgeEventSchema, bridgeResponseSchema } from './bridge.ts';

/**
 * How the browser build reaches the engine: the little protocol around the bridge contract when the channel is a WebSocket.
 * All addresses are on the page's own origin, `http://127.0.0.1:PORT2`.
 *
 * Login
 *   1. A person opens `/#login=TOKEN`. The token works once, within two minutes. The page reads it from the fragment,
 *      removes the fragment (`history.replaceState`) and sends `POST /login {"token": TOKEN}` as application/json.
 *   2. 200 `loginReplySchema`: the browser keeps the HttpOnly cookie of that reply by itself, the page keeps `secret` in
 *      sessionStorage under `sessionSecretKey`. Both are needed from here on: cookies ignore ports, so another server on
 *      127.0.0.1 may see the cookie, and the secret is what it does not have. 401 `refusalSchema`: the link is spent.
 *   3. No secret in sessionStorage and no fragment: show the page that asks for the login link. Nothing else will work.
 *
 * Socket: `ws://127.0.0.1:PORT2/bridge`
 *   client  {type:'hello', secret}         first message, within five seconds
 *   server  {type:'ready'}                 from now on events are sent; take a snapshot next
 *   client  {type:'request', request}      `BridgeRequest`; many may be in flight
 *   server  {type:'response', response}    `BridgeResponse` with the request's id, in the order they finish
 *   server  {type:'event', event}          `BridgeEvent`; a gap in `revision` means: take a new snapshot
 * Text frames with one JSON object each, at most `maxSocketMessageBytes` towards the server. The server closes with one
 * of `socketCloseCodes`, or 1001 when the engine ends. After any close but `unauthorized`, reconnect and say hello again.
 *
 * A browser cannot read why an upgrade was refused (401 without a live session, 403 from a foreign page). Before it
 * reconnects, the page asks `GET /session` with the secret header: 204 means the session lives, 401 means it has ended
 * (idle too long, or the engine was started anew), so drop the secret and show the login page; a network error means that
 * the engine cannot be reached.
 *
 * `POST /login-link` with the secret header and no body: 200 `loginLinkSchema`, a fresh link for another tab or browser.
 */

/** Where the page keeps its half of the session. sessionStorage ends with the tab and is bound to the origin, port included. */
export const sessionSecretKey = 'scopegate.session-secret';

/** Goes with every HTTP request that needs a session. */
export const sessionSecretHeader = 'x-scopegate-secret';

/** The fragment of a login link is `#login=TOKEN`. */
export const loginFragmentPrefix = '#login=';

/** Of one message from the page to the server, in bytes of UTF-8. */
export const maxSocketMessageBytes = 1024 * 1024;

/** Private WebSocket close codes. */
export const socketCloseCodes = {
  /** The session is unknown or has ended, or the secret is wrong: do not reconnect, show the login page. */
  unauthorized: 4401,
  /** A message that is not of this protocol. A bug in the page; reconnect after a pause. */
  badMessage: 4400,
  /** No hello in time. */
  helloTimeout: 4408,
  /** The page reads too slowly and was dropped so that it cannot hold the engine up; reconnect and take a snapshot. */
  tooSlow: 4429,
} as const;

const tokenSchema = z.string().min(16).max(256);

export const loginRequestSchema = z.strictObject({ token: tokenSchema });
export type LoginRequest = z.infer<typeof loginRequestSchema>;

export const loginReplySchema = z.object({ secret: tokenSchema });
export type LoginReply = z.infer<typeof loginReplySchema>;

/** The body of every refusal of the management listener. */
export const refusalSchema = z.object({ message: z.string(), fix: z.string() });
export type Refusal = z.infer<typeof refusalSchema>;

export const loginLinkSchema = z.object({
  url: z.string(),
  /** Milliseconds since the epoch. */ expiresAt: z.number(),
});
export type LoginLink = z.infer<typeof loginLinkSchema>;

/** What the page sends. `request` is parsed by the engine, as on every channel. */
export const socketClientMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello'), secret: tokenSchema }),
  z.strictObject({ type: z.literal('request'), request: z.unknown() }),
]);
export type SocketClientMessage = z.infer<typeof socketClientMessageSchema>;

/** What the server sends. */
export const socketServerMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('response'), response: bridgeResponseSchema }),
  z.object({ type: z.literal('event'), event: bridgeEventSchema }),
]);
export type SocketServerMessage = z.infer<typeof socketServerMessageSchema>;
