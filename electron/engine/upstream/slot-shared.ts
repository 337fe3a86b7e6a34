import type { ChildRegistry } from './child-registry.ts';
import type { UpstreamPorts } from './contract.ts';
import type { ProgramFinder } from './find-program.ts';

export interface SlotTimings {
  /** Milliseconds without a call after which a running link is stopped. */
  idleMs: number;
  /** Milliseconds for `initialize`; null: 30 s, or 120 s for commands that may download first. */
  initializeMs: number | null;
}

/** What all slots of a pool share. */
export interface SlotShared {
  ports: UpstreamPorts;
  finder: ProgramFinder;
  registry: ChildRegistry;
  /** What an earlier run left behind is ended before anything new starts. */
  reaped: Promise<unknown>;
  timings: SlotTimings;
}
