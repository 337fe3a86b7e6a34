import type { IpcRendererEvent } from 'electron';
import { contextBridge, ipcRenderer } from 'electron';
import type { BridgeChannel } from '../shared/bridge.ts';
import { appOrigin } from './app-origin.ts';
import { channels } from './channels.ts';

declare const location: { readonly origin: string };

/** Exactly the bridge and nothing of `ipcRenderer`: a page cannot name a channel. */
const channel: BridgeChannel = {
  host: 'electron',
  request: (request) => ipcRenderer.invoke(channels.request, request),
  onEvent(listener) {
    const deliver = (_event: IpcRendererEvent, events: unknown[]) => {
      for (const event of events) listener(event);
    };
    ipcRenderer.on(channels.event, deliver);
    return () => {
      // No value: removeListener returns ipcRenderer itself, which must not cross the bridge.
      ipcRenderer.removeListener(channels.event, deliver);
    };
  },
  onConnection(listener) {
    // The engine lives in the process that owns this window: while the page stands, it is there.
    listener({ connected: true, attempt: 0 });
    return () => undefined;
  },
  hideWindow: () => ipcRenderer.send(channels.hideWindow),
  takeClipboard: () => ipcRenderer.invoke(channels.takeClipboard),
  clearClipboard: () => ipcRenderer.invoke(channels.clearClipboard),
};

if (location.origin === appOrigin) contextBridge.exposeInMainWorld('scopegate', channel);
