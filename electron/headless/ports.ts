import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type Conf from 'conf';
import { EngineStartError } from '../engine/contract.ts';
import type { Clock, EnginePorts, KeyPort, LogPort, SettingsPort } from '../engine/ports.ts';
import { projectDir } from './app-paths.ts';
import { openKeyringPort } from './keyring-port.ts';
import { openBrowser } from './open-browser.ts';

const systemClock: Clock = { now: () => Date.now() };

/**
 * Plain Node has no keyring of its own, and pretending would be worse than saying so: the sealed bytes are the key in
 * base64, and only the 0600 mode of the file that holds them protects it. The UI shows `file-mode`.
 */
export const fileModeKeyPort: KeyPort = {
  protection: 'file-mode',
  protect: async (plain) => Buffer.from(plain.toString('base64'), 'ascii'),
  unprotect: async (sealed) => {
    const text = sealed.toString('ascii');
    const plain = Buffer.from(text, 'base64');
    if (plain.toString('base64') !== text)
      throw new Error('These bytes were sealed by another host (the desktop app).');
    return plain;
  },
};

/** The signals that ask this process to end. */
export const endSignals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

interface Settings {
  port?: number;
}

const settingsName = 'headless-settings';
export const settingsFileName = `${settingsName}.json`;

/** Preferences in `headless-settings.json` (0600) in the data folder. */
export async function createSettingsPort(dataDir: string): Promise<SettingsPort> {
  const settings = openSettings(await importConf(), dataDir);
  return {
    getPort: () => settings.get('port'),
    setPort: (port) => settings.set('port', port),
  };
}

/**
 * Importing conf installs signal handlers (of its helper when-exit) that answer the first SIGTERM or SIGINT by raising it
 * again, which would look like a person's second one and cut the clean end short. They are taken off again; the helper's
 * clean-up of half-written files also runs on `exit`. The same helper makes a write beyond a file size limit end the
 * process; Node by itself ignores that signal, so that the write fails and calls are refused.
 */
async function importConf(): Promise<typeof Conf> {
  // Stays: once its last listener is gone, Node leaves the signal to the system, which ends the process.
  if (process.platform !== 'win32') process.on('SIGXFSZ', () => {});
  const signals = [...endSignals, 'SIGXFSZ'] as const;
  const before = signals.map((signal) => process.listeners(signal));
  const { default: imported } = await import('conf');
  for (const [index, signal] of signals.entries()) {
    for (const listener of process.listeners(signal)) {
      if (!before[index]?.includes(listener)) process.off(signal, listener);
    }
  }
  return imported;
}

function openSettings(Store: typeof Conf, dataDir: string): Conf<Settings> {
  try {
    return new Store<Settings>({
      cwd: dataDir,
      configName: settingsName,
      configFileMode: 0o600,
      schema: { port: { type: 'integer', minimum: 1, maximum: 65535 } },
      // A file nobody can read must not move the agents' port silently.
      clearInvalidConfig: false,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown error';
    throw new EngineStartError(
      'data_dir_unusable',
      `The settings in ${dataDir} cannot be read: ${reason}`,
      `Repair or remove ${settingsFileName}; it holds nothing but the chosen port.`,
    );
  }
}

/** Creates the data folder with mode 0700; the engine then checks whose it is and locks it. */
function prepareDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new EngineStartError(
      'data_dir_unusable',
      `The data folder ${dataDir} cannot be used (${code}).`,
      'Choose another with --data-dir, or give this user access to it.',
    );
  }
}

/** Everything the engine needs, on plain Node. */
export async function createHeadlessPorts(host: {
  dataDir: string;
  version: string;
  log: LogPort;
  env: EnginePorts['env'];
  /** Opens the vault at the start; null: a person does. */
  passphrase?: string | null;
}): Promise<EnginePorts> {
  prepareDataDir(host.dataDir);
  return {
    clock: systemClock,
    keys: fileModeKeyPort,
    masterKeys: await openKeyringPort(host.dataDir, process.platform),
    ...(host.passphrase == null ? {} : { passphrase: host.passphrase }),
    settings: await createSettingsPort(host.dataDir),
    log: host.log,
    host: 'headless',
    version: host.version,
    dataDir: host.dataDir,
    env: host.env,
    openUrl: openBrowser,
    helper: { command: process.execPath, args: [join(projectDir, 'electron', 'headless', 'bin.mjs')] },
    stepUp: {
      method: null,
      reason: 'A browser cannot prove that it is you at the keyboard; the desktop app can where the system lets it.',
      confirm: async () => false,
    },
  };
}
