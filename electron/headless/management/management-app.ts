import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { getCookie, setCookie } from 'hono/cookie';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Scrape } from '../../engine/contract.ts';
import type { LogPort } from '../../engine/ports.ts';
import {
  type LoginLink,
  type LoginReply,
  loginRequestSchema,
  type Refusal,
  sessionSecretHeader,
} from '../../shared/bridge-socket.ts';
import type { LoginSessions } from './login-sessions.ts';
import { readRendererFile, rendererMissingPage } from './renderer-files.ts';
import { securityHeaders } from './security-headers.ts';

export interface ManagementAppPorts {
  sessions: LoginSessions;
  log: LogPort;
  rendererDir: string;
  /** Known once the listener is open; requests come after that. */
  cookieName(): string;
  createLoginLink(): LoginLink;
  /** Figures, for the token made for them; `''`: none was sent. */
  scrape(token: string): Promise<Scrape>;
}

const maxBodyBytes = 4096;

/** The HTTP side of the management listener: the built renderer and the login. Requests have passed `guardRequest`. */
export function createManagementApp(ports: ManagementAppPorts): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    const headers = securityHeaders(context.req.header('host') ?? '');
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
  });
  app.use(bodyLimit({ maxSize: maxBodyBytes, onError: () => refuse(413, 'The request is too large.', '') }));

  app.post('/login', async (context) => {
    if (!/^application\/json\s*(;|$)/i.test(context.req.header('content-type') ?? '')) {
      return refuse(415, 'The request must be JSON.', '');
    }
    const request = loginRequestSchema.safeParse(await context.req.json().catch(() => null));
    if (!request.success) return refuse(400, 'The request must hold a token and nothing else.', '');
    const keys = ports.sessions.redeem(request.data.token);
    if (keys === null) {
      ports.log.warn('a login was refused: the link is unknown, used or expired');
      return refuse(401, 'This login link was used already or has expired.', loginFix);
    }
    ports.log.info('a page has logged in');
    setCookie(context, ports.cookieName(), keys.cookie, { httpOnly: true, sameSite: 'Strict', path: '/' });
    return context.json({ secret: keys.secret } satisfies LoginReply);
  });

  const isLoggedIn = (cookie: string | undefined, secret: string | undefined): boolean =>
    cookie !== undefined && secret !== undefined && ports.sessions.verify({ cookie, secret });

  app.get('/session', (context) => {
    const isLive = isLoggedIn(getCookie(context, ports.cookieName()), context.req.header(sessionSecretHeader));
    return isLive ? context.body(null, 204) : refuse(401, 'This session is unknown or has ended.', loginFix);
  });
  app.post('/login-link', (context) => {
    const isLive = isLoggedIn(getCookie(context, ports.cookieName()), context.req.header(sessionSecretHeader));
    if (!isLive) return refuse(401, 'This session is unknown or has ended.', loginFix);
    ports.log.info('a login link was made for another page');
    return context.json(ports.createLoginLink() satisfies LoginLink);
  });
  app.get('/metrics', async (context) => {
    const token = /^Bearer ([\w-]{1,200})$/i.exec(context.req.header('authorization') ?? '')?.[1] ?? '';
    const scrape = await ports.scrape(token);
    if (scrape.kind === 'figures') return context.body(scrape.text, 200, { 'content-type': scrape.contentType });
    if (scrape.kind === 'off')
      return refuse(404, 'No figures are offered here.', 'Make a token for them under Settings, Export.');
    ports.log.warn('figures were refused: the token is missing or wrong');
    context.header('www-authenticate', 'Bearer');
    return context.json({ message: 'This needs the token for figures.', fix: '' } satisfies Refusal, 401);
  });
  app.get('/bridge', () => refuse(426, 'This address speaks WebSocket only.', ''));

  app.get('*', async (context) => {
    const file = await readRendererFile(ports.rendererDir, context.req.path);
    if (file) return context.body(file.bytes, 200, { 'content-type': file.contentType });
    if (context.req.path === '/') return context.html(rendererMissingPage, 503);
    return refuse(404, 'There is nothing at this address.', '');
  });
  app.all('*', () => refuse(405, 'This method is not used here.', ''));
  app.onError((error) => {
    ports.log.error('a request to the user interface broke', { error: error.message });
    return refuse(500, 'The request broke.', 'See the log.');
  });
  return app;
}

const loginFix = 'Get a new link from a page that is logged in, or start ScopeGate again in a terminal.';

function refuse(status: ContentfulStatusCode, message: string, fix: string): Response {
  return Response.json({ message, fix } satisfies Refusal, { status });
}
