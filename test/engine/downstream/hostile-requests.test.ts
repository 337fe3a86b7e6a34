import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentListener } from '../../../electron/engine/downstream/contract.ts';
import { listenForAgents } from '../../../electron/engine/downstream/listener.ts';
import { content, messages } from './hostile-bodies.ts';
import { ambiguous, foreign, strangers } from './hostile-heads.ts';
import { chunked, http, own, ping, target } from './hostile-http.ts';
import { modern, modernRequests } from './hostile-modern.ts';
import { json, modernMore, smuggling } from './hostile-more.ts';
import { harmless, one, open, parseJson, send, sendRaw, tokenOfOne, tokenOfTwo, two } from './support.ts';

let listener: AgentListener;
let handled = 0;

describe('the agents’ listener', () => {
  beforeAll(async () => {
    const agents = new Map([
      [tokenOfOne, one],
      [tokenOfTwo, two],
    ]);
    const silent = () => undefined;
    listener = await listenForAgents(
      {
        clock: { now: () => 0 },
        log: { info: silent, warn: silent, error: silent },
        version: '0',
        authenticate: (token) => agents.get(token) ?? null,
        handle: async () => {
          handled++;
          return { kind: 'result', result: {} };
        },
        ...harmless,
      },
      0,
    );
    target.port = listener.port;
    target.session = await open(listener.port);
  });
  afterAll(() => listener.close());

  it('answers the request that all of these are made from', async () => {
    expect(await sendRaw(listener.port, http())).toMatchObject({
      status: 200,
      body: '{"jsonrpc":"2.0","id":1,"result":{}}',
    });
    expect(await sendRaw(listener.port, chunked(`${ping.length.toString(16)}\r\n${ping}\r\n0\r\n\r\n`))).toMatchObject({
      status: 200,
    });
    for (const host of [`localhost:${listener.port}`, `[::1]:${listener.port}`, `LOCALHOST:${listener.port}`]) {
      expect(await sendRaw(listener.port, http({ host, extra: [`Origin: http://${host}`] }))).toMatchObject({
        status: 200,
      });
    }
    expect(await sendRaw(listener.port, http({ line: `POST http://${own()}/mcp HTTP/1.1` }))).toMatchObject({
      status: 200,
    });
    const h2c = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'];
    expect(await sendRaw(listener.port, http({ extra: h2c }))).toMatchObject({ status: 200 });
    expect(await sendRaw(listener.port, http({ extra: ['Expect: 100-continue'] }))).toMatchObject({ status: 200 });
    expect(await sendRaw(listener.port, http({ auth: `bearer ${tokenOfOne}` }))).toMatchObject({ status: 200 });
    expect(
      await sendRaw(listener.port, http({ type: 'application/json; charset=UTF-8', accept: '*/*' })),
    ).toMatchObject({ status: 200 });
  });

  it('answers the modern request that the modern ones are made from', async () => {
    expect(await sendRaw(listener.port, modern())).toMatchObject({ status: 200 });
    expect(await sendRaw(listener.port, modern({ path: '/mcp/demo' }))).toMatchObject({ status: 200 });
  });

  it.each([
    ...ambiguous,
    ...foreign,
    ...strangers,
    ...content,
    ...messages,
    ...modernRequests,
    ...smuggling,
    ...json,
    ...modernMore,
  ])('refuses %s and goes on (security)', async (_name, bytes, status, code) => {
    const before = handled;
    const answer = await sendRaw(listener.port, bytes());
    expect([status].flat()).toContain(answer?.status);
    if (code !== undefined) expect(parseJson(answer?.body ?? '').error?.code).toBe(code);
    expect(Object.keys(answer?.headers ?? {}).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(handled).toBe(before);
    expect(await send(listener.port, { session: target.session, body: ping })).toMatchObject({ status: 200 });
  });

  it('says the same of an unknown session and of another agent’s (security)', async () => {
    const unknown = await send(listener.port, { session: 'f'.repeat(32), body: ping });
    const foreignSession = await send(listener.port, { token: tokenOfTwo, session: target.session, body: ping });
    expect(foreignSession.body).toBe(unknown.body);
    const { date: _one, ...headersOfUnknown } = unknown.headers;
    const { date: _two, ...headersOfForeign } = foreignSession.headers;
    expect(headersOfForeign).toEqual(headersOfUnknown);
  });

  it('names the scheme in a 401 and the methods in a 405', async () => {
    expect((await sendRaw(listener.port, http({ auth: null })))?.headers['www-authenticate']).toBe('Bearer');
    expect((await sendRaw(listener.port, http({ line: 'PUT /mcp HTTP/1.1' })))?.headers.allow).toBe(
      'GET, POST, DELETE',
    );
  });
});
