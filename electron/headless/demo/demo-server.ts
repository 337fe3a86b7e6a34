import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';
import { readVersion } from '../app-paths.ts';
import { createDemoTools, type DemoTool } from './demo-notes.ts';

/** Revisions whose initialize, tools/list and tools/call this server speaks, newest first. */
const revisions = ['2025-11-25', '2025-06-18', '2025-03-26'];

const requestSchema = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  method: z.string(),
  params: z.record(z.string(), z.unknown()).optional(),
});
const callSchema = z.object({ name: z.string(), arguments: z.record(z.string(), z.string()).optional() });

type Answer = { result: unknown } | { error: { code: number; message: string } };

/** The demo's MCP server over stdio, one JSON message a line. Runs until its input ends. */
export async function runDemoServer(input: Readable, output: Writable): Promise<void> {
  const tools = createDemoTools();
  for await (const line of createInterface({ input })) {
    const request = parseRequest(line);
    // Without an id it is a notification, which gets no answer.
    if (request?.id === undefined) continue;
    const answer = answerRequest(request.method, request.params ?? {}, tools);
    output.write(`${JSON.stringify({ jsonrpc: '2.0', id: request.id, ...answer })}\n`);
  }
}

function parseRequest(line: string): z.infer<typeof requestSchema> | null {
  try {
    return requestSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

function answerRequest(method: string, params: Record<string, unknown>, tools: DemoTool[]): Answer {
  switch (method) {
    case 'initialize': {
      const wanted = revisions.find((revision) => revision === params.protocolVersion);
      const serverInfo = { name: 'scopegate-demo-notes', title: 'Demo notes', version: readVersion() };
      return { result: { protocolVersion: wanted ?? revisions[0], capabilities: { tools: {} }, serverInfo } };
    }
    case 'ping':
      return { result: {} };
    case 'tools/list':
      return { result: { tools: tools.map(({ run: _run, ...definition }) => definition) } };
    case 'tools/call':
      return callTool(params, tools);
    default:
      return { error: { code: -32601, message: `Method not found: ${method}` } };
  }
}

function callTool(params: Record<string, unknown>, tools: DemoTool[]): Answer {
  const call = callSchema.safeParse(params);
  const tool = tools.find((candidate) => candidate.name === call.data?.name);
  if (!call.success || !tool) return { error: { code: -32602, message: 'Unknown tool or arguments that do not fit' } };
  const { text, isError = false } = tool.run(call.data.arguments ?? {});
  return { result: { content: [{ type: 'text', text }], isError } };
}
