import { describe, expect, it } from 'vitest';
import { open, parseJson, rpc, send, startRig } from './support.ts';

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};

describe('a request of the modern era', () => {
  it.each([
    ['server/discover', { body: rpc(1, 'server/discover') }],
    ['a version in _meta', { body: rpc(1, 'tools/list', { _meta: meta }) }],
    ['a modern version header', { headers: { 'MCP-Protocol-Version': '2026-07-28' }, body: rpc(1, 'tools/list') }],
    ['a later version header', { headers: { 'MCP-Protocol-Version': '2027-01-01' }, body: rpc(1, 'tools/list') }],
  ])('is known by %s, on a session too', async (_name, request) => {
    const { port, exchanges } = await startRig();
    const session = await open(port);
    const answer = await send(port, { ...request, session });
    expect(answer.status).toBe(400);
    expect([-32602, -32020]).toContain(parseJson(answer.body).error?.code);
    expect(answer.headers['mcp-session-id']).toBeUndefined();
    expect(exchanges).toEqual([]);
  });

  it('is not what an initialize that names a version is, whatever it carries', async () => {
    const { port } = await startRig();
    const headers = { 'MCP-Protocol-Version': '2026-07-28' };
    const body = rpc(1, 'initialize', { protocolVersion: '2025-11-25', _meta: meta });
    expect(await send(port, { headers, body })).toMatchObject({ status: 200 });
  });

  it('is what an initialize with nothing but modern _meta is: a method that is not there', async () => {
    const { port } = await startRig();
    const headers = { 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': 'initialize' };
    const answer = await send(port, { headers, body: rpc(1, 'initialize', { _meta: meta }) });
    expect(answer.status).toBe(404);
    expect(parseJson(answer.body)).toMatchObject({ id: 1, error: { code: -32601 } });
  });
});
