import {
  type BridgeChannel,
  type BridgeErrorBody,
  type BridgeEvent,
  type BridgeMethod,
  type BridgeParams,
  type BridgeResult,
  bridgeEventSchema,
  bridgeMethods,
  bridgeResponseSchema,
} from '../../electron/shared/index.ts';

/** A refused or failed request, in words a person can act on. */
export class BridgeError extends Error {
  readonly code: BridgeErrorBody['code'];
  readonly fix: string;

  constructor({ code, message, fix }: BridgeErrorBody) {
    super(message);
    this.name = 'BridgeError';
    this.code = code;
    this.fix = fix;
  }
}

export interface Connection {
  connected: boolean;
  /** Reconnects tried since the engine was last reached. */
  attempt: number;
}

/** The one way from the UI to the engine. */
export interface Bridge {
  readonly host: BridgeChannel['host'];
  /** Resolves with the parsed result; throws {@link BridgeError} for everything that went wrong. */
  call<M extends BridgeMethod>(method: M, params: BridgeParams<M>): Promise<BridgeResult<M>>;
  /** Parsed events only; one that does not parse is dropped, which shows up as a gap in the revisions. */
  onEvent(listener: (event: BridgeEvent) => void): () => void;
  onConnection(listener: (connection: Connection) => void): () => void;
  /** Puts this window away without ending anything; null where the host has no windows. */
  readonly hideWindow: (() => void) | null;
  /** The desktop's way to the system's clipboard; null in a browser, which has its own. */
  readonly clipboard: { take: () => Promise<string>; clear: () => Promise<boolean> } | null;
}

/** What waits for a server or a person may take a while; everything else answers at once. Milliseconds. */
const slowMethods: Partial<Record<BridgeMethod, number>> = {
  'servers.test': 120_000,
  'servers.restart': 120_000,
  'catalog.update': 300_000,
  'catalog.bundle': 60_000,
  'catalog.unpack': 120_000,
  'launch.setSandbox': 120_000,
  // The system may first ask who is there.
  'approvals.decide': 120_000,
  // 1Password and the system's key store may ask the person first; passphrases take a second of work on a slow machine.
  'credentials.checkReference': 90_000,
  'oauth.signIn': 60_000,
  'vault.create': 60_000,
  'vault.unlock': 60_000,
  'vault.setPassphrase': 60_000,
  'vault.removePassphrase': 60_000,
  'vault.startOver': 60_000,
  'vault.export': 60_000,
  'vault.import': 60_000,
};
const usualTimeoutMs = 15_000;

/** Wraps a physical channel: typed calls, parsed results and events, a time limit for every request. */
export function createBridge(channel: BridgeChannel): Bridge {
  let lastId = 0;
  return {
    host: channel.host,
    async call(method, params) {
      lastId += 1;
      const id = lastId;
      const reply = await withTimeout(channel.request({ id, method, params }), slowMethods[method] ?? usualTimeoutMs);
      const response = bridgeResponseSchema.safeParse(reply);
      if (!response.success || response.data.id !== id) throw unreadable(method);
      if (!response.data.ok) throw new BridgeError(response.data.error);
      const value = bridgeMethods[method].result.safeParse(response.data.value);
      if (!value.success) throw unreadable(method);
      return value.data as BridgeResult<typeof method>;
    },
    onEvent(listener) {
      return channel.onEvent((raw) => {
        const event = bridgeEventSchema.safeParse(raw);
        if (event.success) listener(event.data);
      });
    },
    onConnection: (listener) => channel.onConnection(listener),
    hideWindow: channel.hideWindow === undefined ? null : () => channel.hideWindow?.(),
    clipboard: clipboardOf(channel),
  };
}

function clipboardOf({ takeClipboard, clearClipboard }: BridgeChannel): Bridge['clipboard'] {
  return takeClipboard === undefined || clearClipboard === undefined
    ? null
    : { take: takeClipboard, clear: clearClipboard };
}

/** Turns whatever a request threw into words; never shows a stack. */
export function explainError(error: unknown): { message: string; fix: string } {
  if (error instanceof BridgeError) return { message: error.message, fix: error.fix };
  return { message: 'Something went wrong inside the window.', fix: 'Reload the window and try again.' };
}

async function withTimeout<T>(answer: Promise<T>, limitMs: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(unavailable('The engine did not answer in time.'));
    }, limitMs);
  });
  try {
    return await Promise.race([answer, limit]);
  } catch (error) {
    if (error instanceof BridgeError) throw error;
    throw unavailable('The engine cannot be reached.');
  } finally {
    clearTimeout(timer);
  }
}

function unavailable(message: string): BridgeError {
  return new BridgeError({ code: 'unavailable', message, fix: 'Wait until it is back, then try again.' });
}

function unreadable(method: BridgeMethod): BridgeError {
  return new BridgeError({
    code: 'internal',
    message: `The engine's answer to ${method} could not be read.`,
    fix: 'Restart ScopeGate; if it stays, the window and the engine are of different versions.',
  });
}
