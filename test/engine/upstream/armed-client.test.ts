import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import type { Armament, LinkCredentials, Opened, TokenRefusal } from '../../../electron/engine/arming.ts';
import { noCredentials } from '../../../electron/engine/arming.ts';
import { createArmedClient } from '../../../electron/engine/upstream/armed-client.ts';
import { createFaultMaker } from '../../../electron/engine/upstream/faults.ts';
import { LinkFault } from '../../../electron/engine/upstream/link.ts';
import type { OpenContext } from '../../../electron/engine/upstream/open-context.ts';
import { createRedactor } from '../../../electron/engine/upstream/redactor.ts';
import { createEchoGuard } from '../../../electron/engine/wire/echo-guard.ts';

interface Seen {
  url: string;
  authorization: string | undefined;
  body: string;
}

/** Takes one token and refuses every other one as the specification says. */
async function startGuarded(token: string): Promise<{ url: URL; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { authorization } = request.headers;
    seen.push({ url: request.url ?? '', authorization, body: Buffer.concat(chunks).toString() });
    if (authorization === `Bearer ${token}`) response.end('{}');
    else response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end('no');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp?a=1`), seen };
}

interface End {
  status: number;
  body: string;
  error: Error | null;
}

function send(
  url: URL,
  own: Partial<LinkCredentials>,
  mayResend?: () => boolean,
): { end: Promise<End>; abort(): void } {
  const makeFault = createFaultMaker(() => 0, createRedactor(createEchoGuard()));
  const context = { makeFault, credentials: { ...noCredentials, ...own } } as OpenContext;
  const client = createArmedClient(url, context);
  onTestFinished(() => client.destroy());
  let status = 0;
  let body = '';
  let abort = () => {};
  const end = new Promise<End>((resolve) => {
    const request = { method: 'POST' as const, headers: {}, body: 'x', ...(mayResend ? { mayResend } : {}) };
    abort = client.send(request, {
      onHead: (head) => {
        status = head.status;
      },
      onData: (chunk) => {
        body += chunk.toString();
      },
      onEnd: () => resolve({ status, body, error: null }),
      onError: (error) => resolve({ status, body, error }),
    });
  });
  return { end, abort: () => abort() };
}

const found: Opened<null> = { ok: true, value: null };
const notFound: Opened<null> = {
  ok: false,
  why: { state: 'needs_sign_in', message: 'Nobody is signed in.', fix: 'Sign in.' },
};
const carry = (token: string): Opened<Armament> => ({
  ok: true,
  value: { headers: { authorization: `Bearer ${token}` }, query: [['key', 'a b&c']] },
});

it('adds headers and query to what the address has, encoded', async () => {
  const { url, seen } = await startGuarded('good');
  expect(await send(url, { forRequest: () => carry('good') }).end).toMatchObject({ status: 200 });
  expect(seen).toEqual([{ url: '/mcp?a=1&key=a%20b%26c', authorization: 'Bearer good', body: 'x' }]);
});

it('sends a refused request once more when its token could be renewed, and only once (security)', async () => {
  const { url, seen } = await startGuarded('new');
  let token = 'old';
  const refusals: TokenRefusal[] = [];
  const refused = async (refusal: TokenRefusal) => {
    refusals.push(refusal);
    token = refusals.length === 1 ? 'new' : 'never';
    return { ok: true as const, value: null };
  };
  expect(await send(url, { forRequest: () => carry(token), refused }).end).toMatchObject({ status: 200, body: '{}' });
  expect(seen.map(({ authorization, body }) => [authorization, body])).toEqual([
    ['Bearer old', 'x'],
    ['Bearer new', 'x'],
  ]);
  expect(refusals).toEqual([{ status: 401, wwwAuthenticate: 'Bearer error="invalid_token"' }]);

  token = 'stays-wrong';
  expect(await send(url, { forRequest: () => carry('wrong'), refused: async () => found }).end).toMatchObject({
    status: 401,
  });
  expect(seen).toHaveLength(4);
});

it('sends nothing more when policy says no meanwhile, or nothing better was found (security)', async () => {
  const { url, seen } = await startGuarded('new');
  const forRequest = () => carry('old');
  expect(await send(url, { forRequest, refused: async () => found }, () => false).end).toMatchObject({ status: 401 });
  const { error } = await send(url, { forRequest, refused: async () => notFound }).end;
  expect(error).toMatchObject({ kind: 'credential', message: 'Nobody is signed in.' });
  expect(await send(url, { forRequest, refused: () => Promise.reject(new Error('broken')) }).end).toMatchObject({
    status: 401,
  });
  expect(await send(url, { forRequest }).end).toMatchObject({ status: 401, body: 'no' });
  expect(seen).toHaveLength(4);
});

it('sends nothing at all without the credential it needs, and says why (security)', async () => {
  const { url, seen } = await startGuarded('good');
  const why = { state: 'locked', message: 'The vault is locked.', fix: 'Unlock it.' } as const;
  const { error } = await send(url, { forRequest: () => ({ ok: false, why }) }).end;
  expect(error).toBeInstanceOf(LinkFault);
  expect(error).toMatchObject({ kind: 'credential', message: 'The vault is locked.' });
  expect(seen).toEqual([]);
});

it('sends nothing after it was aborted while a token was waited for', async () => {
  const { url, seen } = await startGuarded('good');
  let give: (armed: Opened<Armament>) => void = () => {};
  const waiting = new Promise<Opened<Armament>>((resolve) => {
    give = resolve;
  });
  const sending = send(url, { forRequest: () => waiting });
  sending.abort();
  give(carry('good'));
  await waiting;
  expect(await send(url, { forRequest: () => carry('good') }).end).toMatchObject({ status: 200 });
  expect(seen).toHaveLength(1);
});

it('asks policy again when credentials had to be waited for, and before a second try, too (security)', async () => {
  const { url, seen } = await startGuarded('new');
  let isOpen = true;
  const later = async (token: string) => {
    isOpen = false;
    return carry(token);
  };
  const { error } = await send(url, { forRequest: () => later('new') }, () => isOpen).end;
  expect(error).toMatchObject({ kind: 'withheld' });
  expect(seen).toEqual([]);

  isOpen = true;
  const forRequest = () => (seen.length === 0 ? carry('old') : later('new'));
  const second = await send(url, { forRequest, refused: async () => found }, () => isOpen).end;
  expect(second.error).toMatchObject({ kind: 'withheld' });
  expect(seen).toHaveLength(1);
});
