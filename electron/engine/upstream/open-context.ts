import type { ChildRegistry } from './child-registry.ts';
import type { FaultMaker } from './faults.ts';
import type { ProgramFinder } from './find-program.ts';
import type { LinkEvents } from './link.ts';
import type { LogRing } from './log-ring.ts';
import type { Redactor } from './redactor.ts';

/** What a link needs to open; one per attempt to connect. */
export interface OpenContext {
  serverId: string;
  /** Working folder of the server when its configuration names none; made with mode 0700. */
  ownDir: string;
  /** Environment of the host process. */
  env: Readonly<Record<string, string | undefined>>;
  version: string;
  now(): number;
  redactor: Redactor;
  makeFault: FaultMaker;
  ring: LogRing;
  finder: ProgramFinder;
  registry: ChildRegistry;
  events: LinkEvents;
  /** Aborting ends the attempt and everything it started. */
  signal: AbortSignal;
  /** Milliseconds for `initialize`; null: by what is started. */
  initializeTimeoutMs: number | null;
  /** The process runs, or the address is known: `initialize` comes next. */
  onStarted(): void;
}

/** A whole answer of a server, in bytes (security: limits). */
export const maxResultBytes = 8 * 1024 * 1024;

export const defaultInitializeMs = 30_000;
