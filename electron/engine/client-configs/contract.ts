import type { Effect, ServerView } from '../../shared/index.ts';
import type { LogPort } from '../ports.ts';
import type { ClientPlaces } from './places.ts';
import type { FoundTransport } from './read-servers.ts';

/** Takes secrets that were found in clear out of ScopeGate's own settings. */
export interface SecretKeeper {
  /**
   * Keeps one value for one place of a server that exists. Returns the reference that stands in its place from now on,
   * or null where the keeper hands it to the server by itself. Throws `BridgeFault` where it cannot be kept.
   */
  keep(secret: {
    name: string;
    value: string;
    serverId: string;
    place: 'env' | 'header';
    /** The variable or header. */
    member: string;
  }): Promise<string | null>;
}

/** The parts of the engine that importing and connecting work on. */
export interface ClientWorld {
  servers: {
    all(): { id: string; name: string; transport: FoundTransport }[];
    /** Throws `BridgeFault`. Not started before `ready`. */
    add(server: { id: string; name: string; transport: FoundTransport; enabled: boolean; from: string }): void;
    setTransport(id: string, transport: FoundTransport): void;
    /** Everything about it is known: it may start. */
    ready(id: string): ServerView;
    remove(id: string): void;
  };
  agents: {
    name(id: string): string | null;
    lastSeenAt(id: string): number | null;
    /** Throws `BridgeFault`, and then there is no agent. */
    create(name: string, defaultEffect: Effect | null): { id: string; token: string };
    rotate(id: string): string;
    remove(id: string): void;
  };
  /** The agents' address now; null: nothing listens. */
  mcpUrl(): string | null;
  /** Throws `BridgeFault` where it cannot be written down, so that the change is not made. */
  record(event: string, details: Record<string, string | number | boolean | null>): void;
  /** The program that clients start when they take no address, and its first arguments. */
  helper: { command: string; args: readonly string[]; isInstalled: boolean };
  /** Null while there is none, such as a locked vault. */
  readonly keeper: SecretKeeper | null;
  places: ClientPlaces;
  /** Absolute, 0700. */
  dataDir: string;
  log: LogPort;
  now(): number;
  changed(): void;
}
