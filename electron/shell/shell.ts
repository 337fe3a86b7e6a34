import { join } from 'node:path';
import { app, powerMonitor, protocol, session } from 'electron';
import type { Engine, EngineOptions } from '../engine/contract.ts';
import type { EnginePorts, LogPort } from '../engine/ports.ts';
import { setAppMenu } from './app-menu.ts';
import { appScheme } from './app-origin.ts';
import { findAppPaths } from './app-paths.ts';
import { createAppProtocol } from './app-protocol.ts';
import { installCrashGuard } from './crash-guard.ts';
import { type Desktop, openDesktop } from './desktop.ts';
import { describeStartFault, reportFault } from './fault-dialog.ts';
import { openHostLog } from './host-log.ts';
import { openHostSettings } from './host-settings.ts';
import { type LaunchMode, readLaunchMode } from './launch-mode.ts';
import { createPorts } from './ports.ts';
import { guardSession, guardWebContents } from './web-guard.ts';

export type EngineFactory = (ports: EnginePorts, options: EngineOptions) => Promise<Engine>;

/** Also the `appId` of the packages: Windows ties notifications to it. */
const appId = 'dev.scopegate.desktop';

/** What a second start tells the first one. Its argv comes reordered, so it is not read. */
interface SecondStart {
  show: boolean;
}

/** The whole life of the desktop app. Call once, before Electron is ready. */
export function runShell(createEngine: EngineFactory): void {
  const mode = readLaunchMode(process.env, app.commandLine);
  if (!app.requestSingleInstanceLock({ show: !mode.hidden } satisfies SecondStart)) {
    app.exit(0);
    return;
  }
  const log = openHostLog({ folder: join(app.getPath('userData'), 'logs') });
  let engine: Engine | null = null;
  let desktop: Desktop | null = null;
  installCrashGuard(log, mode.testMode, async () => engine?.stop());
  app.on('second-instance', (_event, _argv, _cwd, data) => {
    if ((data as Partial<SecondStart> | null)?.show !== false) desktop?.showMainWindow();
  });

  async function start(): Promise<void> {
    if (mode.refusal !== null) {
      await reportFault({ ...mode.refusal, details: mode.refusal.message }, log, mode.testMode);
      app.exit(1);
      return;
    }
    lockDown(mode, log);
    await app.whenReady();
    guardSession(session.defaultSession, log);
    protocol.handle(appScheme, createAppProtocol(findAppPaths(app.getAppPath()).renderer));
    setAppMenu(process.platform, app.isPackaged);

    const settings = openHostSettings(app.getPath('userData'), log);
    const ports = await createPorts(settings, log);
    engine = await createEngine(ports, { declared: null, port: mode.port });
    desktop = await openDesktop(engine, settings, log);
    followSystem(desktop);
    if (!mode.hidden) desktop.showMainWindow();
    log.info('ready', { mcp: engine.status().mcpUrl, pid: process.pid, keys: ports.keys.protection });
  }

  start().catch(async (error: unknown) => {
    await reportFault(describeStartFault(error), log, mode.testMode);
    await engine?.stop();
    app.exit(1);
  });
}

/** Everything that must stand before Electron is ready. */
function lockDown(mode: LaunchMode, log: LogPort): void {
  if (mode.isSandboxOff) log.warn('the sandbox of the windows is off, as asked by --no-sandbox');
  else app.enableSandbox();
  app.setAppUserModelId(appId);
  protocol.registerSchemesAsPrivileged([{ scheme: appScheme, privileges: { standard: true, secure: true } }]);
  guardWebContents(app, log);
}

/** Ends and wake-ups that come from the system. */
function followSystem({ shutdown, showMainWindow }: Desktop): void {
  const quitNow = (): void => void shutdown.quit('now');
  // The only way out is `shutdown`: Electron's own quit would not wait for the engine.
  app.on('before-quit', (event) => {
    event.preventDefault();
    void shutdown.quit('ask');
  });
  app.on('window-all-closed', () => undefined);
  app.on('activate', showMainWindow);
  app.on('browser-window-created', (_event, window) => window.on('session-end', quitNow));
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    // A package listens since before Electron put its own handler over Node's: without a fresh start of the listening
    // a signal would be Electron's, which asks the person, and the package would raise the signal again.
    process.removeAllListeners(signal);
    process.on(signal, quitNow);
  }
  powerMonitor.on('shutdown', (event?: { preventDefault?(): void }) => {
    // Asks the system for the moment the engine needs to end its calls.
    event?.preventDefault?.();
    quitNow();
  });
}
