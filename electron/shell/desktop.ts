import { app, clipboard, dialog, globalShortcut, ipcMain, Notification } from 'electron';
import type { Engine } from '../engine/contract.ts';
import type { LogPort } from '../engine/ports.ts';
import type { ApprovalView, BridgeMethod } from '../shared/index.ts';
import { findAppPaths } from './app-paths.ts';
import { quickAnswer } from './approval-answers.ts';
import { createApprovalNotices } from './approval-notices.ts';
import { createApprovalWindow } from './approval-window.ts';
import type { HostSettings } from './host-settings.ts';
import { openIpcBridge } from './ipc.ts';
import { createMainWindow } from './main-window.ts';
import type { PageWindowDeps } from './page-window.ts';
import { PauseKeys } from './pause-shortcut.ts';
import { createSecretClipboard } from './secret-clipboard.ts';
import { countSessions, followEngine, type ShellState } from './shell-state.ts';
import { createShutdown, type Shutdown } from './shutdown.ts';
import { AppTray } from './tray.ts';
import { createTrayImages } from './tray-image.ts';

/** What a person sees of a running engine: tray, windows, notifications. */
export interface Desktop {
  showMainWindow(): void;
  shutdown: Shutdown;
}

/** Builds the desktop around an engine that runs, and keeps it in step with the engine's events. */
export async function openDesktop(engine: Engine, settings: HostSettings, log: LogPort): Promise<Desktop> {
  const paths = findAppPaths(app.getAppPath());
  let state: ShellState | null = null;
  const bridge = openIpcBridge(ipcMain, engine, log, createSecretClipboard(clipboard));
  const shutdown = createShutdown({
    stopEngine: () => engine.stop(),
    countSessions: () => (state === null ? 0 : countSessions(state)),
    confirm: confirmQuit,
    exit(code) {
      mainWindow.remember();
      pauseKeys.close();
      bridge.close();
      tray.destroy();
      app.exit(code);
    },
    log,
  });
  const pageDeps: PageWindowDeps = {
    preload: paths.preload,
    log,
    isQuitting: shutdown.isQuitting,
    admit: (window) => bridge.admit(window.webContents, () => window.hide()),
  };
  const mainWindow = createMainWindow({
    ...pageDeps,
    settings,
    icon: paths.icon,
    onHidden: () => {
      if (settings.takeHideNotice()) tellStillRunning();
    },
  });
  const approvalWindow = createApprovalWindow({ ...pageDeps, icon: paths.icon });
  const send = (method: BridgeMethod, params: object) => void ask(engine, log, method, params);
  const answer = (approval: ApprovalView, verdict: 'approve' | 'deny', input: 'menu' | 'notification') =>
    send('approvals.decide', quickAnswer(approval, verdict, input));
  const notices = createApprovalNotices({
    review: approvalWindow.open,
    deny: (approval) => answer(approval, 'deny', 'notification'),
    approve: (approval) => answer(approval, 'approve', 'notification'),
  });
  const tray = new AppTray(createTrayImages(paths.trayImages, process.platform), {
    review: approvalWindow.open,
    deny: (approval) => answer(approval, 'deny', 'menu'),
    approve: (approval) => answer(approval, 'approve', 'menu'),
    denyAll: (agentId) => send('approvals.denyAll', { agentId, denyNote: null, input: 'menu', shownAt: Date.now() }),
    pauseAgent: (id) => send('agents.setPaused', { id, paused: true }),
    endGrant: (id) => send('approvals.endGrant', { id }),
    setAway: (away) => send('approvals.setAway', { away }),
    setPaused: (paused) => send('engine.setPaused', { paused }),
    setPauseShortcut: (isWanted) => pauseKeys.setWanted(isWanted),
    lockVault: () => send('vault.lock', {}),
    signIn: (serverId) => send('oauth.signIn', { serverId }),
    openWindow: mainWindow.show,
    quit: () => void shutdown.quit('ask'),
  });

  const pauseKeys = openPauseKeys(engine, settings, log, () => {
    if (state !== null && !shutdown.isQuitting()) tray.show(state, pauseKeys.state);
  });

  let shown: ShellState | null = null;
  const draw = (): void => {
    const next = state;
    if (next === null || next === shown || shutdown.isQuitting()) return;
    const isQueueNew = shown?.waiting !== next.waiting;
    shown = next;
    if (isQueueNew) {
      approvalWindow.follow(next.waiting.map((approval) => approval.id));
      notices.follow(next.waiting);
    }
    tray.show(next, pauseKeys.state);
  };
  await followEngine(engine, (next) => {
    state = next;
    // after the bridge, which began to listen first, has told the pages: windows, notices and tray hold this process up,
    // for some hundred milliseconds where the system answers slowly
    setImmediate(draw);
  });
  return { showMainWindow: mainWindow.show, shutdown };
}

/** `onChanged`: the person turned the keys on or off. */
function openPauseKeys(engine: Engine, settings: HostSettings, log: LogPort, onChanged: () => void): PauseKeys {
  const keys = new PauseKeys({
    keyboard: globalShortcut,
    platform: process.platform,
    isWanted: settings.wantsPauseShortcut,
    setWanted: settings.setPauseShortcut,
    async pause() {
      const isDone = await ask(engine, log, 'engine.setPaused', { paused: true });
      if (isDone) tell('All agents are paused', 'Every call is refused until you resume, in the window or the tray.');
    },
    onChanged,
  });
  if (keys.state.status === 'taken') log.warn('the keys that pause all agents are taken by another program');
  return keys;
}

/** Whether it was done. */
async function ask(engine: Engine, log: LogPort, method: BridgeMethod, params: object): Promise<boolean> {
  const response = await engine.dispatch({ id: 0, method, params });
  if (!response.ok)
    log.warn('a choice outside the window could not be carried out', { method, code: response.error.code });
  return response.ok;
}

async function confirmQuit(sessions: number): Promise<boolean> {
  const quit = 0;
  const { response } = await dialog.showMessageBox({
    type: 'question',
    title: 'ScopeGate',
    message: sessions === 1 ? 'An agent is connected.' : `${sessions} agent sessions are open.`,
    detail: 'Their calls fail until ScopeGate runs again.',
    buttons: ['Quit', 'Stay'],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  });
  return response === quit;
}

function tellStillRunning(): void {
  tell(
    'ScopeGate keeps running',
    'It goes on guarding your agents. Open or quit it from the tray icon; starting it again opens the window too.',
  );
}

function tell(title: string, body: string): void {
  if (Notification.isSupported()) new Notification({ title, body }).show();
}
