import type { BridgeChannel } from '../../electron/shared/index.ts';

declare global {
  interface Window {
    /** Put there by Electron's preload script, and only by it. */
    scopegate?: BridgeChannel;
  }
}

/** The channel of the desktop shell, or null in a browser. */
export function findElectronChannel(): BridgeChannel | null {
  return window.scopegate ?? null;
}
