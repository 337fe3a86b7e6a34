import type { Sandbox } from '../../shared/index.ts';
import type { LinkCredentials } from '../arming.ts';
import type { LogLevel } from '../eras/log-levels.ts';
import type { Era } from '../exchange.ts';
import type { ChildRegistry } from './child-registry.ts';
import type { LinkUser } from './contract.ts';
import type { FaultMaker } from './faults.ts';
import type { ProgramFinder } from './find-program.ts';
import type { LinkEvents } from './link.ts';
import type { LogRing } from './log-ring.ts';
import type { Redactor } from './redactor.ts';

/** What the users of a link asked for that a new connection must be told again. */
export interface LinkMemory {
  /** Resources subscribed to. */
  uris: Set<string>;
  /** Tasks somebody wants to hear of (tasks extension of the modern era). */
  tasks: Set<string>;
  /** The wordiest log level a legacy server was asked for. */
  logLevel: LogLevel | null;
}

/** What a link needs to open; one per attempt to connect. */
export interface OpenContext {
  serverId: string;
  /** Working folder of the server when its configuration names none; made with mode 0700. */
  ownDir: string;
  /** Environment of the host process. */
  env: Readonly<Record<string, string | undefined>>;
  /** What the program may reach; null: everything its user may. */
  sandbox: Sandbox | null;
  version: string;
  now(): number;
  redactor: Redactor;
  makeFault: FaultMaker;
  ring: LogRing;
  finder: ProgramFinder;
  registry: ChildRegistry;
  events: LinkEvents;
  /** Whose link it is: a legacy server is told these capabilities. Null: shared, nobody can be asked. */
  user: LinkUser | null;
  memory: LinkMemory;
  /** What an earlier probe of this very configuration found; null: probe. */
  knownEra: Era | null;
  /** A probe, or the handshake of a modern server, has just shown the era. */
  onEra(era: Era): void;
  /** What was known of the era does not fit what the server does: probe at the next start. */
  onEraDoubt(): void;
  /** What the link is armed with. */
  credentials: LinkCredentials;
  /** Aborting ends the attempt and everything it started. */
  signal: AbortSignal;
  /** Milliseconds for `initialize`; null: by what is started. */
  initializeTimeoutMs: number | null;
  /** The process runs, or the address is known: the first message comes next. */
  onStarted(): void;
}

/** A whole answer of a server, in bytes (security: limits). */
export const maxResultBytes = 8 * 1024 * 1024;

export const defaultInitializeMs = 30_000;
