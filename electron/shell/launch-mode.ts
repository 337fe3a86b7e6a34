/** How this start of the app was asked for. */
export interface LaunchMode {
  /** `SCOPEGATE_TEST=1`: a fault is written to stderr and ends the process; no dialog waits for a person who is not there. */
  testMode: boolean;
  /** `--hidden`: stay in the tray, open no window. */
  hidden: boolean;
  /** `--mcp-port=N`: the agents' port for this run; 0 = any free port; null = as stored. */
  port: number | null;
  /** A person or a test passed `--no-sandbox`. */
  isSandboxOff: boolean;
  /** Why the app will not start like this; null when it will. */
  refusal: { message: string; fix: string } | null;
}

/** The part of `app.commandLine` that is read here. */
export interface Switches {
  hasSwitch(name: string): boolean;
  getSwitchValue(name: string): string;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function readLaunchMode(env: Environment, switches: Switches): LaunchMode {
  const portText = switches.hasSwitch('mcp-port') ? switches.getSwitchValue('mcp-port') : null;
  const port = portText === null ? null : parsePort(portText);
  return {
    testMode: env.SCOPEGATE_TEST === '1',
    hidden: switches.hasSwitch('hidden'),
    port: port ?? null,
    isSandboxOff: switches.hasSwitch('no-sandbox'),
    refusal: refuseSandbox(env) ?? (port === undefined ? portRefusal : null),
  };
}

const portRefusal = {
  message: '--mcp-port was given a value that is no port.',
  fix: 'Give 0 for any free port, or a number from 1024 to 65535.',
};

/**
 * Electron turns `ELECTRON_DISABLE_SANDBOX` into `--no-sandbox` by itself. A variable is easily inherited from somewhere
 * else, so it does not count as being asked: only the switch on the command line does.
 */
function refuseSandbox(env: Environment): LaunchMode['refusal'] {
  if (env.ELECTRON_DISABLE_SANDBOX === undefined) return null;
  return {
    message: 'The environment switches off the sandbox that protects this computer from the pages of ScopeGate.',
    fix: 'Unset ELECTRON_DISABLE_SANDBOX. Who really wants to run without the sandbox passes --no-sandbox.',
  };
}

/** Undefined for a text that is no port. */
function parsePort(text: string): number | undefined {
  const port = Number(text);
  const isPort = /^\d{1,5}$/.test(text) && (port === 0 || (port >= 1024 && port <= 65535));
  return isPort ? port : undefined;
}
