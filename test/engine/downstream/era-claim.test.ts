import { describe, expect, it } from 'vitest';
import { parseJson, rpc, send, startRig } from './support.ts';

describe('a request of the modern era', () => {
  const meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
  it.each([
    ['server/discover', { body: rpc(1, 'server/discover', { _meta: meta }) }],
    ['a version in _meta', { body: rpc(1, 'tools/list', { _meta: meta }) }],
    ['a modern version header', { headers: { 'MCP-Protocol-Version': '2026-07-28' }, body: rpc(1, 'tools/list') }],
    ['a later version header', { headers: { 'MCP-Protocol-Version': '2027-01-01' }, body: rpc(1, 'tools/list') }],
  ])('known by %s is told to initialize, with none of the modern error codes', async (_name, request) => {
    const { port, exchanges } = await startRig();
    const answer = await send(port, request);
    expect(answer.status).toBe(400);
    expect(parseJson(answer.body)).toMatchObject({
      id: 1,
      error: { code: -32600, data: { supported: ['2025-03-26', '2025-06-18', '2025-11-25'] } },
    });
    expect(exchanges).toEqual([]);
  });

  it('is not what an initialize is, whatever it carries', async () => {
    const { port } = await startRig();
    const headers = { 'MCP-Protocol-Version': '2026-07-28' };
    const body = rpc(1, 'initialize', { protocolVersion: '2025-11-25', _meta: meta });
    expect(await send(port, { headers, body })).toMatchObject({ status: 200 });
  });
});
