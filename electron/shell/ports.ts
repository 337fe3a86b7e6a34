import { join } from 'node:path';
import { app, powerMonitor, safeStorage, systemPreferences } from 'electron';
import type { EnginePorts, LogPort, SettingsPort } from '../engine/ports.ts';
import { openScreenPort } from './approval-screen.ts';
import { openStepUpPort } from './approval-step-up.ts';
import { openKeyPort } from './key-port.ts';
import { openLoginItem } from './login-item.ts';
import { openMasterKeyPort } from './master-key-port.ts';
import { openExternal } from './web-guard.ts';

/** What the engine needs, taken from Electron. Call after the app is ready. */
export async function createPorts(settings: SettingsPort, log: LogPort): Promise<EnginePorts> {
  const screen = openScreenPort(powerMonitor, process.platform);
  const loginItem = openLoginItem(app, process.platform);
  return {
    clock: { now: () => Date.now() },
    keys: await openKeyPort(safeStorage, process.platform),
    masterKeys: await openMasterKeyPort(safeStorage, process.platform),
    settings,
    log,
    host: 'electron',
    version: app.getVersion(),
    dataDir: join(app.getPath('userData'), 'engine'),
    env: process.env,
    openUrl: (url) => openExternal(url, log, { loopback: true }),
    ...(screen ? { screen } : {}),
    ...(loginItem ? { loginItem } : {}),
    stepUp: openStepUpPort(systemPreferences, process.platform, log),
  };
}
