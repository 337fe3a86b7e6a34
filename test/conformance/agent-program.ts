import {
  type CallToolResult,
  Client,
  type Implementation,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { z } from 'zod';

/**
 * The client under test of the suite's client scenarios: an ordinary SDK client, either straight at the suite's server
 * or, with `SCOPEGATE_THROUGH=1`, behind a gateway that has the suite's server as its only one.
 */
const url = process.argv.at(-1) ?? '';
const scenario = process.env.MCP_CONFORMANCE_SCENARIO ?? '';
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}') as {
  toolCalls?: { name: string; arguments: Record<string, unknown> }[];
};
const isModern = process.env.MCP_CONFORMANCE_PROTOCOL_VERSION === '2026-07-28';

const info: Implementation = { name: 'test-client', version: '1.0.0' };

async function connect(address: string, token?: string): Promise<Client> {
  const client = new Client(info, {
    capabilities: { elicitation: { form: { applyDefaults: true } }, roots: { listChanged: true } },
    versionNegotiation: { mode: isModern ? 'auto' : 'legacy' },
  });
  // Every field is left out: defaults and nothing else must reach the server.
  client.setRequestHandler('elicitation/create', () => ({
    action: 'accept',
    content: scenario.startsWith('sep-2322') ? { confirmed: true } : {},
  }));
  client.setRequestHandler('roots/list', () => ({ roots: [] }));
  const requestInit = token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(address), { requestInit }));
  return client;
}

function tryCall(client: Client, name: string, args: Record<string, unknown> = {}): Promise<CallToolResult | null> {
  // What a scenario refuses shows in its checks; the agent goes on.
  return client.callTool({ name, arguments: args }).catch((error: unknown) => {
    process.stderr.write(`${name}: ${String(error)}\n`);
    return null;
  });
}

async function callEverything(client: Client): Promise<void> {
  await tryCall(client, 'test_headers');
  await tryCall(client, 'my-hyphenated-tool');
  const { resources } = await client.listResources();
  for (const { uri } of resources) await client.readResource({ uri });
  const { prompts } = await client.listPrompts();
  for (const { name } of prompts) await client.getPrompt({ name });
}

/** The scenario's server has no tools; a method of its own is a request every gateway has to pass on. */
async function sayHello(client: Client): Promise<void> {
  await client.request({ method: 'com.example/hello' }, z.looseObject({}));
}

async function act(client: Client): Promise<void> {
  const { tools } = await client.listTools();
  const names = tools.map((tool) => tool.name);
  const rich = tools.find((tool) => tool.name === 'json_schema_2020_12_tool');
  if (context.toolCalls) for (const call of context.toolCalls) await tryCall(client, call.name, call.arguments);
  else if (scenario === 'request-metadata') await sayHello(client);
  else if (scenario === 'http-standard-headers') await callEverything(client);
  else if (names.includes('add_numbers')) await tryCall(client, 'add_numbers', { a: 5, b: 3 });
  else if (rich) {
    const echo = names.find((name) => name !== rich.name);
    await tryCall(client, echo ?? '', { schema: rich.inputSchema });
  } else if (scenario === 'json-schema-ref-no-deref') await tryCall(client, 'lookup_user', { id: 'user-1' });
  else for (const name of names) await tryCall(client, name, scenario.startsWith('http-') ? { region: 'eu' } : {});
}

if (process.env.SCOPEGATE_THROUGH === '1') {
  const { overHttp, startOpenGateway } = await import('./start-gateway.ts');
  const gateway = await startOpenGateway({ suite: overHttp(url) }, ['agent']);
  const client = await connect(gateway.scopedUrl('suite'), gateway.tokenOf('agent'));
  await act(client);
  await client.close();
  await gateway.stop();
} else {
  const client = await connect(url);
  await act(client);
  await client.close();
}
