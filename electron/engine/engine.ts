import { createSecretKey, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { dispatch } from './api/dispatch.ts';
import { makeHandlers } from './api/make-handlers.ts';
import { recordStop } from './audit-life.ts';
import type { Engine, EngineOptions } from './contract.ts';
import { openDataDir } from './data-dir.ts';
import { defaultPort } from './default-port.ts';
import { loadEngineKey } from './engine-key.ts';
import { assembleParts, type Ground } from './engine-parts.ts';
import { guardLog } from './guarded-log.ts';
import type { EnginePorts } from './ports.ts';
import type { StoreWriter } from './store/contract.ts';
import { openStore } from './store/open.ts';
import { defaultTuning, type EngineTuning } from './tuning.ts';
import { createEchoGuard } from './wire/echo-guard.ts';

/**
 * The one composition root: opens the data, wires the parts, recovers what a killed engine left, opens the agents'
 * listener. A listener that cannot be opened is no failure: the engine runs and `status()` says why.
 * Throws `EngineStartError` when the data cannot be used; nothing is changed then.
 */
export async function createEngine(
  ports: EnginePorts,
  options: EngineOptions,
  tuning: Partial<EngineTuning> = {},
): Promise<Engine> {
  const guard = createEchoGuard();
  const guarded = { ...ports, log: guardLog(ports.log, guard) };
  const dataDir = openDataDir(ports.dataDir);
  let store: StoreWriter | null = null;
  try {
    const { key, replaced } = await loadEngineKey(dataDir.path, ports.keys, randomBytes);
    store = openStore({
      file: join(dataDir.path, 'scopegate.db'),
      now: () => ports.clock.now(),
      log: guarded.log,
      ...(ports.sqliteBinding ? { nativeBinding: ports.sqliteBinding } : {}),
    });
    const ground = {
      ports: guarded,
      guard,
      options,
      tuning: { ...defaultTuning, ...tuning },
      dataDir,
      key: createSecretKey(key),
      store,
    };
    return await startEngine(ground, replaced);
  } catch (error) {
    store?.close();
    dataDir.release();
    throw error;
  }
}

async function startEngine(ground: Ground, isKeyReplaced: boolean): Promise<Engine> {
  const { ports, options, store, dataDir } = ground;
  const { parts, side } = assembleParts(ground);
  if (isKeyReplaced) parts.audit.append({ event: 'engine.key_replaced', actor: 'engine' });
  parts.audit.append({
    event: 'engine.started',
    actor: 'engine',
    details: { version: ports.version, host: ports.host },
  });

  await parts.credentials.vault.start(ports.passphrase ?? null);
  parts.oauth.start();
  parts.retention.prune();
  parts.indexer.start();
  parts.telemetry.exporter.start();
  parts.firstCall.tidy();
  parts.keeper.readUnknown();
  await side.open(options.port ?? options.declared?.port ?? ports.settings.getPort() ?? defaultPort);

  const handlers = makeHandlers(parts);
  let stopping: Promise<void> | null = null;
  const stop = async () => {
    parts.desk.close();
    await side.close();
    await parts.firstCall.close();
    await parts.clients.close();
    parts.keeper.close();
    await parts.oauth.close();
    await parts.pool.close();
    await parts.keeper.settled();
    parts.policy.close();
    parts.limiter.close();
    await parts.indexer.close();
    await parts.telemetry.exporter.close();
    await parts.prover.stop();
    await parts.retention.close();
    parts.kept.flush();
    parts.credentials.close();
    parts.audit.append({ event: 'engine.stopped', actor: 'engine' });
    recordStop(parts.audit);
    parts.bus.flush();
    await parts.trail.close();
    store.close();
    dataDir.release();
  };
  return {
    dispatch: (request) => dispatch(handlers, ports.log, request, ground.guard),
    subscribe: (listener) => parts.bus.subscribe(listener),
    status: parts.status,
    scrape: (token) => parts.telemetry.scrape(token),
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}
