import { setTimeout as sleep } from 'node:timers/promises';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { LogPort } from '../../engine/ports.ts';

export interface DemoStep {
  /** Exposed name: `server__tool`. */
  tool: string;
  arguments: Record<string, string>;
  /** Milliseconds to wait before the next step. */
  pauseMs: number;
}

/** Longer than a person may take to answer. */
const callTimeoutMs = 10 * 60_000;

/**
 * A made-up agent: the official client, over the real socket, repeating its steps until `signal` aborts. A refusal is part
 * of the show and never ends it. Rejects when the gateway cannot be reached at the start.
 */
export async function runDemoAgent(agent: {
  name: string;
  version: string;
  url: string;
  token: string;
  steps: readonly DemoStep[];
  signal: AbortSignal;
  log: LogPort;
}): Promise<void> {
  const client = new Client({ name: agent.name, version: agent.version });
  const transport = new StreamableHTTPClientTransport(new URL(agent.url), {
    authProvider: { token: async () => agent.token },
  });
  await client.connect(transport);
  try {
    await client.listTools();
    for (let index = 0; !agent.signal.aborted; index = (index + 1) % agent.steps.length) {
      const step = agent.steps[index];
      if (!step) break;
      await takeStep(client, step, agent.signal, agent.log);
      await sleep(step.pauseMs, undefined, { signal: agent.signal }).catch(() => {});
    }
  } finally {
    await client.close();
  }
}

async function takeStep(client: Client, step: DemoStep, signal: AbortSignal, log: LogPort): Promise<void> {
  try {
    await client.callTool({ name: step.tool, arguments: step.arguments }, { timeout: callTimeoutMs, signal });
  } catch (error) {
    // A tool that is blocked answers as one that does not exist: a protocol error, which the client throws.
    if (!signal.aborted) log.info('the demo agent was refused', { tool: step.tool, answer: describe(error) });
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : 'unknown';
}
