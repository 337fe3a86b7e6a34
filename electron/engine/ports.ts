/** Everything the engine needs of its host. A host is Electron's main process or plain Node; tests give their own. */

export interface Clock {
  /** Wall clock, milliseconds since the epoch. */
  now(): number;
}

/**
 * Protects the engine's own 32-byte key at rest. `os-keyring`: only this user's session can open it.
 * `file-mode`: nothing but the file's 0600 mode protects it; the UI says so.
 */
export interface KeyPort {
  readonly protection: 'os-keyring' | 'file-mode';
  protect(plain: Buffer): Promise<Buffer>;
  /** Throws when the sealed bytes cannot be opened by this user or on this machine. */
  unprotect(sealed: Buffer): Promise<Buffer>;
}

/**
 * The system's own key store, for the vault's master key. It never falls back to plain text: where nothing protects a key,
 * `weak` says so and `wrap` is not called.
 */
export interface MasterKeyPort {
  /** In words ("macOS Keychain", "Secret Service"); null: there is none here. */
  readonly store: string | null;
  /** Why it does not protect a key here, in one sentence; null: it does. */
  readonly weak: string | null;
  wrap(plain: Buffer): Promise<Buffer>;
  /** `renew`: the store has a newer key of its own, so it should be wrapped again. Throws when this user or machine cannot. */
  unwrap(sealed: Buffer): Promise<{ plain: Buffer; renew: boolean }>;
}

/** Small durable preferences of the host (electron-store or conf). */
export interface SettingsPort {
  /** The agents' port the user chose; undefined before the first choice. */
  getPort(): number | undefined;
  setPort(port: number): void;
}

export interface LogPort {
  /** Structured, one line; values must not hold secrets, arguments or results. */
  info(message: string, fields?: Record<string, string | number | boolean | null>): void;
  warn(message: string, fields?: Record<string, string | number | boolean | null>): void;
  error(message: string, fields?: Record<string, string | number | boolean | null>): void;
}

/** The lock of the person's screen. */
export interface ScreenPort {
  isLocked(): boolean;
  /** Called with each lock (true) and unlock (false). Returns the end of the watching. */
  onChange(listener: (isLocked: boolean) => void): () => void;
}

/** Asks for proof that the person themselves is there, before a dangerous permission for ever is written. */
export interface StepUpPort {
  /** What asks, as the person knows it ("Touch ID"); null: nothing can here. */
  readonly method: string | null;
  /** Why nothing can, in one sentence; empty otherwise. */
  readonly reason: string;
  /** True only when the person proved it. Never rejects. `why` stands in the system's own dialog. */
  confirm(why: string): Promise<boolean>;
}

/** Starting ScopeGate with the person's session. */
export interface LoginItemPort {
  isOn(): boolean;
  /** False: the system did not do it. */
  set(on: boolean): boolean;
}

export interface EnginePorts {
  clock: Clock;
  keys: KeyPort;
  settings: SettingsPort;
  log: LogPort;
  host: 'electron' | 'headless';
  version: string;
  /** Absolute; created with mode 0700 when missing. */
  dataDir: string;
  /** Overrides better-sqlite3's own lookup of its native addon. */
  sqliteBinding?: string;
  /** Environment of the host process: the source of `env:NAME` references and of the children's allow-listed variables. */
  env: Readonly<Record<string, string | undefined>>;
  /** Missing: the vault needs a passphrase. */
  masterKeys?: MasterKeyPort;
  /** Opens the vault at the start where nobody is there to type it (`--passphrase-file`). */
  passphrase?: string;
  /** Opens an https or loopback address in the person's browser; false: it could not. Missing: there is none. */
  openUrl?(url: string): Promise<boolean>;
  /** Missing: this host does not learn of the screen's lock. */
  screen?: ScreenPort;
  /** Starts this build's `scopegate` command; missing: it has to be on the search path. */
  helper?: { command: string; args: readonly string[] };
  /** Missing: nothing can prove who is there. */
  stepUp?: StepUpPort;
  /** Missing: this host is started by hand, or by something else. */
  loginItem?: LoginItemPort;
}
