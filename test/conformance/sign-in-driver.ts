import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { walkBrowser } from '../fakes/browser-walk.ts';
import { declareAgent, type Harness, startEngine, tokens } from '../helpers/engine.ts';
import { makeMachineKeys } from '../helpers/master-keys.ts';
import { overHttp } from './start-gateway.ts';

interface Scenario {
  /** Of the suite's MCP server. */
  url: string;
  scenario: string;
  context: { client_id?: string; client_secret?: string };
}

export interface SignInDriver {
  url: string;
  close(): Promise<void>;
}

/** Listens for scenarios and plays each to its end; the answer is a log of it. */
export async function startSignInDriver(): Promise<SignInDriver> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const log: string[] = [];
    try {
      await playScenario(JSON.parse(Buffer.concat(chunks).toString()) as Scenario, (line) => void log.push(line));
    } catch (error) {
      log.push(`the driver broke: ${String(error)}`);
    }
    response.end(`${log.join('\n')}\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A person gives up at some point; the gateway has to before. */
const maxRounds = 6;
const waitMs = 20_000;
/** The client document the suite expects; nothing is ever fetched from there. */
const documentId = 'https://conformance-test.local/client-metadata.json';
const serverId = 'suite';

type Log = (line: string) => void;

/**
 * The client under test of the suite's `auth/…` scenarios: a gateway with the suite's server as its only one, an agent that
 * calls its tool twice, and a person who signs in each time the gateway says that this is needed.
 */
async function playScenario({ url, scenario, context }: Scenario, log: Log): Promise<void> {
  const pages: Promise<unknown>[] = [];
  const harness = await startEngine({
    servers: [{ id: serverId, transport: overHttp(url), trusted: true }],
    agents: [declareAgent('one', tokens.one, { defaultEffect: 'allow' })],
    ports: {
      masterKeys: makeMachineKeys(),
      async openUrl(address) {
        pages.push(walkBrowser(address).catch((error: unknown) => log(`browser: ${String(error)}`)));
        return true;
      },
    },
  });
  const status = () => harness.call('oauth.status', { serverId });
  try {
    await until(async () => ((await status()).state === 'needed' ? true : null));
    const id = context.client_id ?? (scenario === 'auth/basic-cimd' ? documentId : null);
    if (id !== null) {
      const client = { id, secret: context.client_secret ?? null, redirectPort: null };
      await harness.call('oauth.setClient', { serverId, client });
    }
    let uses = 0;
    for (let round = 0; round < maxRounds && uses < 2; round += 1) {
      if (await callTool(harness, log)) uses += 1;
      else {
        const { state, fix } = await status();
        const isAsked = state === 'needed' || (fix?.startsWith('Sign in again') ?? false);
        if (!isAsked || !(await signIn(harness, pages, log))) break;
      }
    }
  } finally {
    await harness.stop();
  }
}

async function until<T>(look: () => Promise<T | null>): Promise<T | null> {
  for (const end = Date.now() + waitMs; Date.now() < end; ) {
    const found = await look();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return null;
}

async function signIn(harness: Harness, pages: Promise<unknown>[], log: Log): Promise<boolean> {
  try {
    await harness.call('oauth.signIn', { serverId });
  } catch (error) {
    log(`sign-in: ${String(error)}`);
    return false;
  }
  await Promise.all(pages);
  const after = await until(async () => {
    const found = await harness.call('oauth.status', { serverId });
    return found.state === 'signing_in' ? null : found;
  });
  log(`signed in: ${JSON.stringify(after)}`);
  return after?.state === 'signed_in';
}

/** True when the call got an answer of the server. */
async function callTool(harness: Harness, log: Log): Promise<boolean> {
  const agent = await harness.connect(tokens.one);
  const tool = await until(async () => {
    const { tools } = await agent.listTools();
    const { message } = await harness.call('oauth.status', { serverId });
    return tools[0]?.name ?? (message === null ? null : '');
  });
  if (!tool) return false;
  const result = CallToolResultSchema.parse(await agent.callTool({ name: tool, arguments: {} }));
  if (result.isError) log(`call: ${JSON.stringify(result.content)}`);
  return result.isError !== true;
}
