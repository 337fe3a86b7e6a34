import type { IpcMain, WebContents } from 'electron';
import type { Engine } from '../engine/contract.ts';
import type { LogPort } from '../engine/ports.ts';
import type { BridgeEvent } from '../shared/index.ts';
import { isAppPage } from './app-origin.ts';
import { channels } from './channels.ts';
import type { SecretClipboard } from './secret-clipboard.ts';

/** What is looked at of the sender of a message. */
export interface Sender {
  readonly sender: { readonly id: number };
  /** Null when the frame is gone by the time the message is read. */
  readonly senderFrame: { readonly url: string; readonly parent: unknown } | null;
}

/** Electron IPC as the bridge's channel. */
export interface IpcBridge {
  /** Lets a window of ours in, until it is destroyed. */
  admit(contents: WebContents, hide: () => void): void;
  close(): void;
}

/** Only the top frame of a window we made, showing a page of ours, is heard. */
export function isTrustedSender(event: Sender, admitted: ReadonlyMap<number, unknown>): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame.parent === null && admitted.has(event.sender.id) && isAppPage(frame.url);
}

/** Connects the engine's bridge with our pages. The engine parses each request by the contract. */
export function openIpcBridge(ipcMain: IpcMain, engine: Engine, log: LogPort, clipboard: SecretClipboard): IpcBridge {
  const admitted = new Map<number, { contents: WebContents; hide: () => void }>();
  let batch: BridgeEvent[] = [];
  let isFlushDue = false;

  function flush(): void {
    isFlushDue = false;
    const events = batch;
    batch = [];
    for (const { contents } of admitted.values()) contents.send(channels.event, events);
  }

  const unsubscribe = engine.subscribe((event) => {
    if (admitted.size === 0) return;
    batch.push(event);
    if (isFlushDue) return;
    // The engine sends in bursts: one message carries a whole burst.
    isFlushDue = true;
    setImmediate(flush);
  });

  function refuse(): never {
    log.warn('a message from a foreign page was refused');
    throw new Error('Refused.');
  }

  ipcMain.handle(channels.request, (event, request: unknown) => {
    if (isTrustedSender(event, admitted)) return engine.dispatch(request);
    return refuse();
  });
  ipcMain.handle(channels.takeClipboard, (event) => {
    if (isTrustedSender(event, admitted)) return clipboard.take();
    return refuse();
  });
  ipcMain.handle(channels.clearClipboard, (event) => {
    if (isTrustedSender(event, admitted)) return clipboard.clear();
    return refuse();
  });
  ipcMain.on(channels.hideWindow, (event) => {
    if (isTrustedSender(event, admitted)) admitted.get(event.sender.id)?.hide();
    else log.warn('a message from a foreign page was refused');
  });

  return {
    admit(contents, hide) {
      const { id } = contents;
      admitted.set(id, { contents, hide });
      contents.once('destroyed', () => admitted.delete(id));
    },
    close() {
      unsubscribe();
      admitted.clear();
      for (const name of [channels.request, channels.takeClipboard, channels.clearClipboard])
        ipcMain.removeHandler(name);
      ipcMain.removeAllListeners(channels.hideWindow);
    },
  };
}
