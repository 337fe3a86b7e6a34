import type { PowerMonitor } from 'electron';
import type { ScreenPort } from '../engine/ports.ts';

/** Seconds without input after which the system may call itself idle; only "locked" is of interest here. */
const idleThreshold = 3600;

/** The screen's lock, where Electron learns of it (macOS and Windows); undefined elsewhere. Call after the app is ready. */
export function openScreenPort(
  powerMonitor: Pick<PowerMonitor, 'on' | 'getSystemIdleState'>,
  platform: NodeJS.Platform,
): ScreenPort | undefined {
  if (platform !== 'darwin' && platform !== 'win32') return undefined;
  let isLocked = powerMonitor.getSystemIdleState(idleThreshold) === 'locked';
  const listeners = new Set<(isLocked: boolean) => void>();
  const tell = (next: boolean) => {
    isLocked = next;
    for (const listener of listeners) listener(next);
  };
  powerMonitor.on('lock-screen', () => tell(true));
  powerMonitor.on('unlock-screen', () => tell(false));
  return {
    isLocked: () => isLocked,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
