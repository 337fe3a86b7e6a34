import { dirname, join } from 'node:path';
import type { settingsMethods } from '../../shared/settings.ts';
import { listenerLimits } from '../downstream/listener-limits.ts';
import { BridgeFault } from '../faults.ts';
import { listBackups } from '../store/backups.ts';
import { maxResultBytes } from '../upstream/open-context.ts';
import type { EngineParts } from './context.ts';
import type { Handlers } from './handlers.ts';

export function makeSettingsHandlers({ ports, audit }: EngineParts): Pick<Handlers, keyof typeof settingsMethods> {
  const database = join(ports.dataDir, 'scopegate.db');
  return {
    'settings.program': () => {
      const backups = listBackups(database);
      return {
        limits: { requestBytes: listenerLimits.bodyBytes, resultBytes: maxResultBytes },
        backups: {
          folder: join(dirname(database), 'backups'),
          count: backups.length,
          newestAt: backups[0]?.at ?? null,
        },
        startAtLogin: ports.loginItem?.isOn() ?? null,
        runtime: {
          node: process.versions.node,
          electron: process.versions.electron ?? null,
          platform: process.platform,
          arch: process.arch,
        },
      };
    },
    'settings.setStartAtLogin': ({ on }) => {
      const { loginItem } = ports;
      if (loginItem === undefined) throw new BridgeFault('unavailable', 'This ScopeGate cannot be started at login.');
      const before = loginItem.isOn();
      if (!loginItem.set(on))
        throw new BridgeFault(
          'unavailable',
          'The system did not change what starts at login.',
          'Look for ScopeGate among the login items in the system’s settings.',
        );
      audit.append({
        event: 'settings.changed',
        actor: 'person',
        details: { what: 'start at login', before, after: on },
      });
      return {};
    },
  };
}
