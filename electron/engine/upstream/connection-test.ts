import path from 'node:path';
import type { Sandbox, ServerFault, ServerTest, Transport } from '../../shared/index.ts';
import { noCredentials } from '../arming.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import { cancelledFault, createFaultMaker, toLinkFault } from './faults.ts';
import type { UpstreamLink } from './link.ts';
import { untilAborted } from './link-slot.ts';
import { listAllTools } from './list-tools.ts';
import { createLogRing } from './log-ring.ts';
import { openLink } from './open-link.ts';
import { createRedactor } from './redactor.ts';
import type { SlotShared } from './slot-shared.ts';

type StepName = ServerTest['steps'][number]['name'];

/** Connects, shakes hands, lists the tools and ends everything again, timed. A broken server is a result, not a throw. */
export async function testConnection(
  transport: Transport,
  shared: SlotShared,
  signal: AbortSignal,
  sandbox: Sandbox | null,
): Promise<ServerTest> {
  const { ports } = shared;
  const now = () => ports.clock.now();
  const redactor = createRedactor(ports.guard);
  const makeFault = createFaultMaker(now, redactor);
  const ring = createLogRing(now, redactor);
  const watch = startWatch();
  let link: UpstreamLink | null = null;
  let tools: JsonObject[] = [];
  let fault: ServerFault | null = null;
  try {
    await shared.reaped;
    link = await openLink(transport, {
      serverId: 'connection-test',
      // No server id has a dot, so no configured server shares this folder.
      ownDir: path.join(ports.dataDir, 'servers', '.test'),
      env: ports.env,
      sandbox,
      version: ports.version,
      now,
      redactor,
      makeFault,
      ring,
      finder: shared.finder,
      registry: shared.registry,
      events: {
        onListChanged: () => {},
        onNotification: () => {},
        onAsk: async () => ({ kind: 'unsupported' }),
      },
      user: null,
      credentials: noCredentials,
      memory: { uris: new Set(), tasks: new Set(), logLevel: null },
      knownEra: null,
      onEra: () => {},
      onEraDoubt: () => {},
      signal,
      initializeTimeoutMs: shared.timings.initializeMs,
      onStarted: () => watch.passed(),
    });
    watch.passed();
    const list = listAllTools(link, transport.kind === 'http', makeFault, (text) => ring.add('gateway', text));
    tools = await untilAborted(list, signal, () => cancelledFault(makeFault));
    watch.passed();
  } catch (error) {
    watch.failed();
    const found = toLinkFault(error, makeFault).fault;
    fault = found.detail === '' ? { ...found, detail: ring.tail() } : found;
  }
  await link?.close();
  return {
    ok: fault === null,
    steps: watch.steps(),
    totalMs: watch.total(),
    tools: tools.map((tool) => ({
      name: String(tool.name),
      description: typeof tool.description === 'string' ? tool.description : null,
    })),
    serverInfo: link?.hello.serverInfo ?? null,
    era: link?.era ?? null,
    protocolVersion: link?.hello.protocolVersion ?? null,
    fault,
  };
}

function startWatch() {
  const names: StepName[] = ['start', 'initialize', 'tools/list'];
  const steps: ServerTest['steps'] = [];
  const begin = performance.now();
  let last = begin;
  function add(ok: boolean): void {
    const name = names[steps.length];
    if (name === undefined) return;
    const at = performance.now();
    steps.push({ name, ms: Math.round((at - last) * 10) / 10, ok });
    last = at;
  }
  return {
    passed: () => add(true),
    failed: () => add(false),
    steps: () => steps,
    /** Milliseconds of all steps, without the time to end the server again. */
    total: () => Math.round((last - begin) * 10) / 10,
  };
}
