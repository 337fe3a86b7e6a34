import type { Engine } from '../../electron/engine/contract.ts';
import type { LogPort } from '../../electron/engine/ports.ts';
import { type BridgeEvent, bridgeRequestSchema, type EngineStatus } from '../../electron/shared/index.ts';

const status: EngineStatus = {
  state: 'running',
  mcpUrl: 'http://127.0.0.1:1/mcp',
  port: 1,
  paused: false,
  listenerFault: null,
  degradedReason: null,
  policyVersion: 1,
  version: '0.0.0',
  host: 'headless',
  dataDir: '/data',
  keyProtection: 'file-mode',
  startedAt: 0,
  recoveredCalls: 0,
  configFile: null,
};

/** An engine that answers every request with its method's name, and sends the events a test gives it. */
export interface TestEngine extends Engine {
  emit(): BridgeEvent;
  requests: unknown[];
}

export function createTestEngine(): TestEngine {
  const listeners = new Set<(event: BridgeEvent) => void>();
  const requests: unknown[] = [];
  let revision = 0;
  return {
    requests,
    dispatch: async (request) => {
      requests.push(request);
      const parsed = bridgeRequestSchema.safeParse(request);
      if (parsed.success) return { id: parsed.data.id, ok: true, value: { method: parsed.data.method } };
      return { id: 0, ok: false, error: { code: 'bad_request', message: 'Not a request.', fix: '' } };
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    status: () => status,
    scrape: async () => ({ kind: 'off' }),
    stop: async () => {},
    emit: () => {
      revision += 1;
      const event: BridgeEvent = { epoch: 'e', revision, at: 0, body: { type: 'engine.changed', engine: status } };
      for (const listener of listeners) listener(event);
      return event;
    },
  };
}

/** Keeps what was logged, so that a test can look for secrets in it. */
export function createMemoryLog(): LogPort & { lines: string[] } {
  const lines: string[] = [];
  const write: LogPort['info'] = (message, fields) => lines.push(JSON.stringify({ message, ...fields }));
  return { lines, info: write, warn: write, error: write };
}
