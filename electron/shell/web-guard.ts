import type { App, Session } from 'electron';
import { shell } from 'electron';
import type { LogPort } from '../engine/ports.ts';
import { externalAddress, isAppPage, isOwnFile } from './app-origin.ts';

/** Refuses what no page of ours ever needs, for every page there will ever be: set up before the first window. */
export function guardWebContents(app: App, log: LogPort): void {
  app.on('web-contents-created', (_created, contents) => {
    const deny = (what: string) => (event: { preventDefault(): void }) => {
      event.preventDefault();
      log.warn('a page tried something it may not do', { what });
    };
    contents.on('will-navigate', deny('navigation'));
    contents.on('will-frame-navigate', deny('frame navigation'));
    contents.on('will-redirect', deny('redirect'));
    contents.on('will-attach-webview', deny('webview'));
    contents.setWindowOpenHandler(({ url }) => {
      void openExternal(url, log);
      return { action: 'deny' };
    });
  });
}

/** Permissions, downloads and the network, for the session our windows share. */
export function guardSession(session: Session, log: LogPort): void {
  // Copying an address or a token to the clipboard is the one thing a page may ask for.
  const isGranted = (permission: string, url: string) => permission === 'clipboard-sanitized-write' && isAppPage(url);
  session.setPermissionRequestHandler((contents, permission, callback) => {
    callback(isGranted(permission, contents.getURL()));
  });
  session.setPermissionCheckHandler((contents, permission) => isGranted(permission, contents?.getURL() ?? ''));
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event, item, contents) => {
    // Exports and reports; without a path of ours Electron asks the person where to.
    if (isOwnFile(item.getURL()) && isAppPage(contents.getURL())) return;
    event.preventDefault();
    log.warn('a download was refused');
  });
  // The page has no business on any network; the content security policy says so too, this is the second lock.
  session.webRequest.onBeforeRequest(
    { urls: ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*', 'ftp://*/*', 'file:///*'] },
    (details, callback) => {
      log.warn('a page asked for the network and was refused', { type: details.resourceType });
      callback({ cancel: true });
    },
  );
}

/** Hands an address to the system's browser; false: it is not one we open, or there is none. Never rejects. */
export async function openExternal(url: string, log: LogPort, options?: { loopback: boolean }): Promise<boolean> {
  const address = externalAddress(url, options);
  if (address === null) {
    log.warn('a link was not opened: only https addresses are');
    return false;
  }
  try {
    await shell.openExternal(address);
    return true;
  } catch (error) {
    log.warn('a link was not opened', { reason: String(error) });
    return false;
  }
}
