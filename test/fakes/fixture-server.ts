import { setTimeout as delay } from 'node:timers/promises';
import {
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  INVALID_PARAMS,
  type InputRequiredResult,
  type LoggingLevel,
  ProtocolError,
  ResourceNotFoundError,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { askingPromptResult, askingToolResult, stateCodec } from './fixture-asks.ts';
import {
  extraPrompt,
  extraTool,
  plainToolResult,
  promptMessages,
  prompts,
  readFixtureResource,
  resources,
  resourceTemplates,
  tools,
} from './fixture-content.ts';

/** A change of one of the lists, told to every connection of the fixture. */
export type FixtureChange = 'tools' | 'prompts' | { uri: string };

/** What all connections and requests of one running fixture share. */
export interface FixtureWorld {
  hasExtraTool: boolean;
  hasExtraPrompt: boolean;
  /** Tells every connection. */
  announce(change: FixtureChange): void;
}

const changingTools = ['test_trigger_tool_change', 'test_trigger_prompt_change', 'test_trigger_resource_update'];

function runChange(name: string, world: FixtureWorld): CallToolResult {
  if (name === 'test_trigger_tool_change') {
    world.hasExtraTool = !world.hasExtraTool;
    world.announce('tools');
  } else if (name === 'test_trigger_prompt_change') {
    world.hasExtraPrompt = !world.hasExtraPrompt;
    world.announce('prompts');
  } else world.announce({ uri: 'test://watched-resource' });
  return { content: [{ type: 'text', text: 'changed' }] };
}

async function reportProgress(context: ServerContext): Promise<CallToolResult> {
  const token = context.mcpReq._meta?.progressToken;
  for (const progress of [0, 50, 100]) {
    if (token !== undefined) {
      const params = { progressToken: token, progress, total: 100, message: `Step ${progress} of 100` };
      await context.mcpReq.notify({ method: 'notifications/progress', params });
    }
    if (progress < 100) await delay(50);
  }
  return { content: [{ type: 'text', text: 'All steps done.' }] };
}

async function writeLogs(context: ServerContext, lines: string[], level: LoggingLevel): Promise<CallToolResult> {
  for (const [index, line] of lines.entries()) {
    if (index > 0) await delay(50);
    await context.mcpReq.log(level, line, 'fixture');
  }
  return { content: [{ type: 'text', text: 'Logged.' }] };
}

async function reconnect(context: ServerContext): Promise<CallToolResult> {
  context.http?.closeSSE?.();
  await delay(400);
  return { content: [{ type: 'text', text: 'You came back.' }] };
}

async function callTool(
  name: string,
  args: Record<string, unknown>,
  context: ServerContext,
  world: FixtureWorld,
  capabilities: Record<string, unknown>,
): Promise<CallToolResult | InputRequiredResult> {
  const logs = ['Tool execution started', 'Tool processing data', 'Tool execution completed'];
  if (changingTools.includes(name)) return runChange(name, world);
  if (name === 'test_tool_with_progress') return await reportProgress(context);
  if (name === 'test_tool_with_logging') return await writeLogs(context, logs, 'info');
  if (name === 'test_logging_tool') return await writeLogs(context, ['Only when asked for'], 'info');
  if (name === 'test_reconnection') return await reconnect(context);
  const result = plainToolResult(name) ?? (await askingToolResult(name, args, context, capabilities));
  if (result === null) throw new ProtocolError(INVALID_PARAMS, `Unknown tool: ${name}`);
  return result;
}

function completeArgument(value: string) {
  const values = ['paris', 'park', 'party'].filter((word) => word.startsWith(value));
  return { completion: { values, total: values.length, hasMore: false } };
}

/** One MCP server of the official SDK for one connection (legacy) or one request (modern). */
export function createFixtureServer(world: FixtureWorld, era: 'legacy' | 'modern'): Server {
  const server = new Server(
    { name: `fixture-${era}`, version: '1.0.0' },
    {
      capabilities: {
        tools: { listChanged: true },
        prompts: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        logging: {},
        completions: {},
      },
      instructions: 'A fixture. Every tool is harmless.',
      requestState: { verify: stateCodec.verify },
    },
  );
  server.setRequestHandler('tools/list', () => ({
    tools: [...tools, ...(world.hasExtraTool ? [extraTool] : [])],
  }));
  server.setRequestHandler('tools/call', async (request, context) => {
    const envelope: Record<string, unknown> | undefined = context.mcpReq.envelope;
    // Of this very request (modern) or of the handshake (legacy).
    const declared = envelope?.[CLIENT_CAPABILITIES_META_KEY] ?? server.getClientCapabilities();
    const capabilities = { ...(declared as Record<string, unknown> | undefined) };
    return await callTool(request.params.name, request.params.arguments ?? {}, context, world, capabilities);
  });
  server.setRequestHandler('prompts/list', () => ({
    prompts: [...prompts, ...(world.hasExtraPrompt ? [extraPrompt] : [])],
  }));
  server.setRequestHandler('prompts/get', (request, context) => {
    if (request.params.name === 'test_input_required_result_prompt') return askingPromptResult(context);
    const messages = promptMessages(request.params.name, request.params.arguments ?? {});
    if (messages === null) throw new ProtocolError(INVALID_PARAMS, `Unknown prompt: ${request.params.name}`);
    return { messages };
  });
  server.setRequestHandler('resources/list', () => ({ resources }));
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates }));
  server.setRequestHandler('resources/read', (request) => {
    const contents = readFixtureResource(request.params.uri);
    if (contents === null) throw new ResourceNotFoundError(request.params.uri);
    return { contents };
  });
  server.setRequestHandler('completion/complete', (request) => completeArgument(request.params.argument.value));
  if (era === 'legacy') {
    server.setRequestHandler('resources/subscribe', () => ({}));
    server.setRequestHandler('resources/unsubscribe', () => ({}));
  }
  return server;
}
