import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { noCredentials } from '../../../electron/engine/arming.ts';
import { type ArmedCall, arm, type DecidedCall, permit } from '../../../electron/engine/core/stages.ts';
import type { AskAnswer, Era, Exchange } from '../../../electron/engine/exchange.ts';
import type { UpstreamPorts } from '../../../electron/engine/upstream/contract.ts';
import type { CallIo, LinkFault } from '../../../electron/engine/upstream/link.ts';
import { createLinkPool } from '../../../electron/engine/upstream/pool.ts';
import type { SlotTimings } from '../../../electron/engine/upstream/slot-shared.ts';
import { createEchoGuard } from '../../../electron/engine/wire/echo-guard.ts';
import type { JsonObject, RawResponse } from '../../../electron/engine/wire/json-rpc.ts';
import type { Transport } from '../../../electron/shared/index.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const stdioFake = path.join(root, 'test/fakes/stdio-server.mjs');

export function tempDir(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'scopegate-upstream-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export function fakeServer(mode: string, extra: { args?: string[]; env?: Record<string, string> } = {}): Transport {
  const args = [stdioFake, mode, ...(extra.args ?? [])];
  return { kind: 'stdio', command: process.execPath, args, cwd: null, env: extra.env ?? {} };
}

export function realServer(name: string, args: string[] = []): Transport {
  return { kind: 'stdio', command: path.join(root, 'node_modules/.bin', name), args, cwd: null, env: {} };
}

export const rootDir = root;

export interface TestPool {
  pool: ReturnType<typeof createLinkPool>;
  ports: UpstreamPorts;
  logged: string[];
  changed: string[];
  /** What came in that belongs to no call: `[owner, method, params]`. */
  notices: [string | null, string, JsonObject][];
  /** What was asked outside any call, by owner; answered with `asked.answer`. */
  asked: { owner: string; method: string; params: JsonObject }[];
  /** Era verdicts as the pool kept them, by server. */
  eras: Map<string, Era>;
  clock: { ms: number };
}

export function startPool(
  change: {
    dataDir?: string;
    env?: Record<string, string>;
    timings?: Partial<SlotTimings>;
    eras?: Map<string, Era>;
    credentials?: UpstreamPorts['credentials'];
    guard?: UpstreamPorts['guard'];
    launch?: UpstreamPorts['launch'];
  } = {},
): TestPool {
  const logged: string[] = [];
  const changed: string[] = [];
  const notices: TestPool['notices'] = [];
  const asked: TestPool['asked'] = [];
  const eras = change.eras ?? new Map<string, Era>();
  const clock = { ms: 1_000_000 };
  const log = (message: string, fields?: object) => void logged.push(`${message} ${JSON.stringify(fields ?? {})}`);
  const ports: UpstreamPorts = {
    clock: { now: () => clock.ms },
    log: { info: log, warn: log, error: log },
    version: '0.0.0-test',
    credentials: change.credentials ?? (() => noCredentials),
    guard: change.guard ?? createEchoGuard(),
    dataDir: change.dataDir ?? tempDir(),
    env: { PATH: process.env.PATH, HOME: process.env.HOME, SHLVL: '1', ...change.env },
    launch: change.launch ?? { refusalOf: () => null, sandboxOf: () => null },
    onStatus: () => {},
    onToolsChanged: (id) => void changed.push(id),
    onListChanged: (id, owner, kind) => void changed.push(`${id} ${kind} ${owner}`),
    onNotification: (_id, owner, method, params) => void notices.push([owner, method, params]),
    async onAsk(_id, owner, method, params): Promise<AskAnswer> {
      asked.push({ owner, method, params });
      return { kind: 'result', result: { action: 'decline' } };
    },
    eras: { get: (id) => eras.get(id) ?? null, set: (id, _hash, era) => void eras.set(id, era) },
  };
  const pool = createLinkPool(ports, change.timings);
  onTestFinished(() => pool.close());
  return { pool, ports, logged, changed, notices, asked, eras, clock };
}

export const never = new AbortController().signal;

export interface CallShape {
  method?: string;
  era?: Era;
  agentId?: string;
  definition?: JsonObject;
}

/** A call the pipeline permitted, with exactly these parameters. */
export function armedRequest(params: JsonObject, shape: CallShape = {}): ArmedCall {
  const { method = 'tools/call', era = 'legacy', agentId = 'agent-1', definition = {} } = shape;
  const exchange = { era, method, agent: { id: agentId, name: agentId }, session: null } as unknown as Exchange;
  const tool = { kind: method === 'tools/call' ? 'tool' : 'resource', serverId: 's', name: 'x', definition };
  const call = { id: 'call-1', exchange, tool, params } as unknown as DecidedCall;
  const decision = { effect: 'allow' } as unknown as DecidedCall['decision'];
  const permission = permit(call, decision, null);
  if (!permission.ok) throw new Error('not permitted');
  return arm(permission.call, []);
}

export function armedCall(
  tool: string,
  args: JsonObject,
  otherParams: JsonObject = {},
  shape: CallShape = {},
): ArmedCall {
  return armedRequest({ ...otherParams, name: tool, arguments: args }, shape);
}

export interface Asked {
  method: string;
  params: JsonObject;
}

/** An `io` whose agent answers every question with `answer`. */
export function callIo(change: Partial<CallIo> = {}): CallIo {
  return {
    signal: never,
    timeoutMs: 20_000,
    onProgress: () => {},
    onNotification: () => {},
    onResting: () => {},
    ask: async () => ({ kind: 'unsupported' }),
    mayGoOn: () => true,
    ...change,
  };
}

export function readResponse(response: RawResponse): JsonObject {
  return JSON.parse(response.bytes.toString()) as JsonObject;
}

/** The text of the first content block. */
export function readText(response: RawResponse): string {
  const { result } = readResponse(response) as { result: { content: { text: string }[] } };
  return result.content[0]?.text ?? '';
}

export async function faultOf(work: Promise<unknown>): Promise<LinkFault> {
  return work.then(
    () => {
      throw new Error('expected a fault');
    },
    (fault: LinkFault) => fault,
  );
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
