import { join } from 'node:path';
import { app, safeStorage } from 'electron';
import type { EnginePorts, LogPort, SettingsPort } from '../engine/ports.ts';
import { openKeyPort } from './key-port.ts';

/** What the engine needs, taken from Electron. Call after the app is ready. */
export async function createPorts(settings: SettingsPort, log: LogPort): Promise<EnginePorts> {
  return {
    clock: { now: () => Date.now() },
    keys: await openKeyPort(safeStorage, process.platform),
    settings,
    log,
    host: 'electron',
    version: app.getVersion(),
    dataDir: join(app.getPath('userData'), 'engine'),
    env: process.env,
  };
}
