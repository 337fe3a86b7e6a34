import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../electron/engine/wire/json-rpc.ts';
import { type Gateway, overHttp, startOpenGateway } from '../../conformance/start-gateway.ts';
import { type FixtureHttpServer, startFixture } from '../../fakes/fixture-http.ts';
import { type RawServer, rawState, startRawServer } from '../../fakes/fixture-raw-server.ts';
import { connectRawAgent } from '../../fidelity/raw-agent.ts';
import { fakeServer, textOf } from '../../helpers/engine.ts';

let fixture: FixtureHttpServer;
let raw: RawServer;
let gateway: Gateway;
beforeAll(async () => {
  fixture = await startFixture('legacy');
  raw = await startRawServer('modern');
  const servers = { asking: fakeServer('asking-server.mjs'), http: overHttp(fixture.url), raw: overHttp(raw.url) };
  gateway = await startOpenGateway(servers, ['ada', 'bob']);
}, 60_000);
afterAll(async () => {
  await gateway.stop();
  await fixture.close();
  await raw.close();
});

const elicit = (message: string) => ({
  method: 'elicitation/create',
  params: { message, requestedSchema: { type: 'object', properties: {} } },
});

function connect(agent: string, capabilities: { elicitation?: Record<string, unknown> }, asked: string[] = []) {
  return gateway.harness.connect(gateway.tokenOf(agent), {
    server: 'asking',
    capabilities,
    prepare(client) {
      if (capabilities.elicitation === undefined) return;
      client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
        asked.push(params.message);
        return { action: 'accept', content: { by: agent } };
      });
    },
  });
}

async function pidOf(client: Awaited<ReturnType<typeof connect>>): Promise<number> {
  const { pid } = JSON.parse(textOf(await client.callTool({ name: 'whoami', arguments: {} }))) as { pid: number };
  return pid;
}

describe('hard case', () => {
  it('1: a legacy stdio server’s question cannot say whose call it serves, so agents share no process (security)', async () => {
    const asked = { ada: [] as string[], bob: [] as string[] };
    const ada = await connect('ada', { elicitation: {} }, asked.ada);
    const bob = await connect('bob', { elicitation: {} }, asked.bob);
    expect(await pidOf(ada)).not.toBe(await pidOf(bob));
    const ask = (client: typeof ada, name: string) =>
      client.callTool({ name: 'ask', arguments: { requests: [elicit(`for ${name}`), elicit(`again for ${name}`)] } });
    const [forAda, forBob] = await Promise.all([ask(ada, 'ada'), ask(bob, 'bob')]);
    expect(asked.ada.toSorted()).toEqual(['again for ada', 'for ada']);
    expect(asked.bob.toSorted()).toEqual(['again for bob', 'for bob']);
    expect(textOf(forAda)).not.toContain('bob');
    expect(textOf(forBob)).not.toContain('ada');
  });

  it('2: over HTTP the stream tells which call a question belongs to, and it arrives on the stream of that call', async () => {
    const agent = await connectRawAgent(gateway.scopedUrl('http'), 'legacy', gateway.tokenOf('ada'));
    agent.answers.set('elicitation/create', { action: 'accept', content: { username: 'ada', email: 'a@x' } });
    const messages = ['one', 'two', 'three', 'four'];
    const exchanges = await Promise.all(
      messages.map((message) => agent.send('tools/call', { name: 'test_elicitation', arguments: { message } })),
    );
    for (const [index, { asked }] of exchanges.entries()) {
      expect(asked.map(({ params }) => (params as JsonObject).message)).toEqual([messages[index]]);
    }
  });

  it('3: agents that cannot be asked share one process of a stdio server, others get their own', async () => {
    const ada = await pidOf(await connect('ada', {}));
    expect(await pidOf(await connect('bob', {}))).toBe(ada);
    expect(await pidOf(await connect('ada', { elicitation: {} }))).not.toBe(ada);
  });

  it('4: a requestState nobody parked is refused with invalid params, and no server hears of it (security)', async () => {
    const agent = await connectRawAgent(gateway.scopedUrl('raw'), 'modern', gateway.tokenOf('ada'));
    const before = raw.seen.length;
    const retry = { name: 'probe', arguments: {}, inputResponses: {}, requestState: 'from an earlier life' };
    const { response } = await agent.send('tools/call', retry);
    expect(response).toMatchObject({ error: { code: -32602 } });
    expect(raw.seen.slice(before)).toEqual([]);
  });

  it('5: a server’s requestState comes back to it byte for byte, and the agent’s is good for its own call only (security)', async () => {
    raw.answers.set('tools/call', { ask: elicit('Sure?'), result: { resultType: 'complete', content: [] } });
    const url = gateway.scopedUrl('raw');
    const agent = await connectRawAgent(url, 'modern', gateway.tokenOf('ada'));
    agent.answers.set('elicitation/create', { action: 'accept', content: {} });
    await agent.send('tools/call', { name: 'probe', arguments: { a: 1 } });
    expect(raw.replies.at(-1)).toEqual({ result: { action: 'accept', content: {} }, requestState: rawState });

    const before = raw.replies.length;
    const first = await postModern(url, 'ada', { name: 'probe', arguments: { a: 1 } });
    const { requestState } = first.result as { requestState: string };
    expect(requestState).not.toContain(rawState);
    const retry = { inputResponses: {}, requestState };
    const others = [
      postModern(url, 'ada', { name: 'probe', arguments: { a: 2 }, ...retry }),
      postModern(url, 'bob', { name: 'probe', arguments: { a: 1 }, ...retry }),
      postModern(gateway.harness.url, 'ada', { name: 'probe', arguments: { a: 1 }, ...retry }),
    ];
    for (const refused of await Promise.all(others)) expect(refused).toMatchObject({ error: { code: -32602 } });
    expect(raw.replies).toHaveLength(before);
    raw.answers.delete('tools/call');
  });
});

/** One modern `tools/call`, without the rounds a client would go on with. */
async function postModern(url: string, agent: string, params: JsonObject): Promise<JsonObject> {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': { elicitation: {} },
  };
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${gateway.tokenOf(agent)}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': String(params.name),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { ...params, _meta } }),
  });
  return (await response.json()) as JsonObject;
}
