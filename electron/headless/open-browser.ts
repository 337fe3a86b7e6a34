import { spawn } from 'node:child_process';

/** How the default browser is opened on a system; null where nobody could see it. */
export function browserCommand(
  url: string,
  system: { platform: NodeJS.Platform; env: Readonly<Record<string, string | undefined>> },
): { command: string; args: string[] } | null {
  if (system.platform === 'darwin') return { command: 'open', args: [url] };
  if (system.platform === 'win32') return { command: 'rundll32', args: ['url.dll,FileProtocolHandler', url] };
  const hasDisplay = Boolean(system.env.DISPLAY || system.env.WAYLAND_DISPLAY);
  return hasDisplay ? { command: 'xdg-open', args: [url] } : null;
}

/**
 * Opens an address of this listener in the default browser, never through a shell. Resolves to false when that is not
 * possible. The link is visible in the process list while the browser starts; it is spent by the browser's first request.
 */
export async function openBrowser(url: string): Promise<boolean> {
  const found = browserCommand(url, { platform: process.platform, env: process.env });
  if (!found) return false;
  return new Promise((resolve) => {
    const child = spawn(found.command, found.args, { stdio: 'ignore', detached: true, windowsHide: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
