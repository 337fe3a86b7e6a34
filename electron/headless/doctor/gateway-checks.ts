import { createServer } from 'node:net';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { findPortHolder } from '../../engine/downstream/port-holder.ts';
import { type Finding, fail, ok, reasonOf, skipped, warn } from './finding.ts';

const probeTimeoutMs = 10_000;

/** Whether the agents' port is free, a gateway's, or somebody else's; with a token, whether the gateway answers an agent. */
export async function checkGateway(port: number, token: string | null, version: string): Promise<Finding[]> {
  const name = `Port ${port}`;
  const state = await probePort(port);
  if (state === 'free') return [ok(name, 'free: no gateway runs there now')];
  if (state === 'denied') {
    return [fail(name, 'the system does not let this user use it', 'Choose a port from 1024 up with --port.')];
  }
  const holder = (await findPortHolder(port)) ?? 'a program of another user';
  const url = `http://127.0.0.1:${port}/mcp`;
  if (!(await asksForToken(url))) {
    const next = 'End that program, or choose another port in the user interface or with --port.';
    return [fail(name, `held by ${holder}, which is no ScopeGate`, next)];
  }
  return [ok(name, `a gateway answers there: ${holder}`), await probeAsAgent(url, token, version)];
}

function probePort(port: number): Promise<'free' | 'taken' | 'denied'> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EACCES' ? 'denied' : 'taken'));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve('free')));
  });
}

/** A gateway turns a request without a token away with 401 and says which kind of token it wants. */
async function asksForToken(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: '{"jsonrpc":"2.0","id":1,"method":"ping"}',
      redirect: 'manual',
      signal: AbortSignal.timeout(probeTimeoutMs),
    });
    await response.body?.cancel();
    return response.status === 401 && (response.headers.get('www-authenticate') ?? '').startsWith('Bearer');
  } catch {
    return false;
  }
}

/** Asks as an agent would, with the official client; calls no tool. */
async function probeAsAgent(url: string, token: string | null, version: string): Promise<Finding> {
  const name = 'Gateway';
  if (token === null) {
    return skipped(name, 'no token given', 'To ask it for its tools, set SCOPEGATE_TOKEN or give --token-file.');
  }
  const client = new Client({ name: 'scopegate-doctor', version });
  const startedAt = performance.now();
  try {
    const transport = new StreamableHTTPClientTransport(new URL(url), { authProvider: { token: async () => token } });
    await client.connect(transport, { timeout: probeTimeoutMs });
    const { tools } = await client.listTools(undefined, { timeout: probeTimeoutMs });
    const server = client.getServerVersion();
    const ms = Math.round(performance.now() - startedAt);
    await transport.terminateSession();
    const found = `${server?.name ?? 'unnamed'} ${server?.version ?? ''} lists ${tools.length} tools for this agent (${ms} ms)`;
    if (tools.length > 0) return ok(name, found);
    return warn(name, found, 'Accept a server’s tools on the Servers page and allow some of them to this agent.');
  } catch (error) {
    const reason = reasonOf(error).split(token).join('[token]');
    return fail(name, `it does not answer this agent: ${reason}`, 'Check that the token is this agent’s newest one.');
  } finally {
    await client.close().catch(() => {});
  }
}
