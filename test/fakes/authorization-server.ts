import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

export interface AuthorizationServer {
  issuer: string;
  /** Requests that were answered, by path. */
  seen: { method: string; path: string }[];
  /** Grants given, in their order. */
  granted: string[];
  /** What authorization requests asked for. */
  asked: Record<string, string>[];
  /** What token requests sent, secrets left out. */
  tokenRequests: { grant: string; resource: string | null }[];
  /** Takes a request over when it returns true. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | null;
  /** Changes the metadata on its way out. */
  editMetadata: ((metadata: Record<string, unknown>) => void) | null;
  /** What the person says at the consent page. */
  consent: 'yes' | 'no';
  /** The token's audience and scopes; null: not one of ours, ended or revoked. */
  check(token: string): Promise<{ audience: string; scopes: Set<string> } | null>;
  close(): Promise<void>;
}

export interface AuthorizationServerOptions {
  /** Seconds an access token lives. */
  accessTokenSeconds?: number;
  /** No refresh tokens at all. */
  noRefresh?: boolean;
  /** Clients somebody registered by hand; without them, clients register themselves. */
  clients?: { client_id: string; client_secret: string; redirect_uris: string[] }[];
}

const account = 'person';

/** A real authorization server (oidc-provider) on 127.0.0.1, with a person who signs in and consents at once. */
export async function startAuthorizationServer(options: AuthorizationServerOptions = {}): Promise<AuthorizationServer> {
  let handle: RequestListener = (_request, response) => void response.writeHead(503).end();
  const server = createServer((request, response) => {
    as.seen.push({ method: request.method ?? '', path: (request.url ?? '').split('?')[0] ?? '' });
    if (as.intercept?.(request, response) !== true) handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = makeProvider(issuer, options);
  const as: AuthorizationServer = {
    issuer,
    seen: [],
    granted: [],
    asked: [],
    tokenRequests: [],
    intercept: null,
    editMetadata: null,
    consent: 'yes',
    async check(token) {
      const found = await provider.AccessToken.find(token);
      return found?.isValid ? { audience: String(found.aud), scopes: found.scopes } : null;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  provider.on('grant.success', ({ oidc }) => {
    as.granted.push(oidc.params.grant_type ?? '');
    as.tokenRequests.push({ grant: oidc.params.grant_type ?? '', resource: oidc.params.resource ?? null });
  });
  const serve = provider.callback();
  handle = (request, response) => {
    const path = request.url ?? '';
    if (path.startsWith('/interaction/')) void interact(provider, as, request, response);
    else if (path.includes('/.well-known/') && as.editMetadata !== null) sendEdited(as, serve, request, response);
    else serve(request, response);
  };
  return as;
}

function makeProvider(issuer: string, options: AuthorizationServerOptions): Provider {
  const seconds = options.accessTokenSeconds ?? 3600;
  return new Provider(issuer, {
    clients: options.clients ?? [],
    cookies: { keys: ['test only'] },
    scopes: ['openid', 'offline_access', 'mcp:read', 'mcp:write'],
    features: {
      devInteractions: { enabled: false },
      registration: { enabled: options.clients === undefined },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context: unknown, resource: string) => ({
          scope: 'mcp:read mcp:write',
          audience: resource,
          accessTokenTTL: seconds,
          accessTokenFormat: 'opaque',
        }),
      },
    },
    ttl: {
      AccessToken: seconds,
      AuthorizationCode: 60,
      Grant: 3600,
      Interaction: 600,
      RefreshToken: 3600,
      Session: 600,
    },
    issueRefreshToken: () => options.noRefresh !== true,
    rotateRefreshToken: true,
    // loopback redirects of native clients match whatever their port (RFC 8252), the id says which client
    findAccount: (_context: unknown, sub: string) => ({ accountId: sub, claims: () => ({ sub }) }),
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    renderError: (context: { body: unknown }, out: object) => {
      context.body = JSON.stringify(out);
    },
  });
}

/** The login page and the consent page, filled in at once. */
async function interact(
  provider: Provider,
  as: AuthorizationServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { prompt, params } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login') {
    as.asked.push(params);
    return provider.interactionFinished(request, response, { login: { accountId: account } });
  }
  if (as.consent === 'no') {
    const refusal = { error: 'access_denied', error_description: 'the person said no' };
    return provider.interactionFinished(request, response, refusal);
  }
  const grant = new provider.Grant({ accountId: account, clientId: params.client_id ?? '' });
  grant.addOIDCScope(params.scope ?? '');
  if (params.resource) grant.addResourceScope(params.resource, params.scope ?? '');
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
}

/** The real metadata, fetched from itself and changed. */
function sendEdited(
  as: AuthorizationServer,
  serve: RequestListener,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const chunks: Buffer[] = [];
  const end = response.end.bind(response);
  response.write = ((chunk: Buffer) => {
    chunks.push(Buffer.from(chunk));
    return true;
  }) as ServerResponse['write'];
  response.end = ((chunk?: Buffer | string) => {
    if (chunk !== undefined) chunks.push(Buffer.from(chunk));
    const metadata = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
    as.editMetadata?.(metadata);
    const text = JSON.stringify(metadata);
    response.setHeader('content-length', Buffer.byteLength(text));
    return end(text);
  }) as ServerResponse['end'];
  serve(request, response);
}
