import type {
  AskSwitches,
  BridgeEvent,
  BridgeResponse,
  Effect,
  EngineStatus,
  RateLimit,
  Transport,
} from '../shared/index.ts';

/** Servers and agents declared in a file (`scopegate serve --config`): they overlay the store and cannot be edited. */
export interface DeclaredConfig {
  /** Absolute path of the file, for the UI. */
  file: string;
  /** Agents' port; 0 = any free port; null = as stored. */
  port: number | null;
  servers: DeclaredServer[];
  agents: DeclaredAgent[];
}
export interface DeclaredServer {
  id: string;
  transport: Transport;
  trusted: boolean;
  /** What it may ask of agents; the defaults of a new server when absent. */
  asks?: AskSwitches;
}
export interface DeclaredAgent {
  name: string;
  /** The token itself, already resolved, 32 characters or more. */
  token: string;
  /** Null: the global default, deny. */
  defaultEffect: Effect | null;
  /** Keys are exposed tool names or `server__*`. */
  tools: Record<string, Effect>;
  limit: RateLimit | null;
}

export interface EngineOptions {
  declared: DeclaredConfig | null;
  /** Overrides the stored port; 0 = any free port. */
  port: number | null;
}

/** The one handle a host has on the engine. */
export interface Engine {
  /** Parses, runs and answers one bridge request; never rejects. */
  dispatch(request: unknown): Promise<BridgeResponse>;
  /** Called with each event in order; a listener that throws is logged and kept. Returns the end of the subscription. */
  subscribe(listener: (event: BridgeEvent) => void): () => void;
  status(): EngineStatus;
  /** Figures for Prometheus, for the token made for that and no other. */
  scrape(token: string): Promise<Scrape>;
  /** Ends listeners, calls, links and children, then closes the database. Safe to call twice. */
  stop(): Promise<void>;
}

/** The answer to a fetch of figures. `off`: no token was ever made, so there is nothing to fetch. */
export type Scrape = { kind: 'figures'; text: string; contentType: string } | { kind: 'refused' } | { kind: 'off' };

/** The engine cannot start on this data; nothing was changed. */
export class EngineStartError extends Error {
  override readonly name = 'EngineStartError';
  readonly code: 'data_dir_in_use' | 'database_newer' | 'database_corrupt' | 'data_dir_unusable' | 'config_invalid';
  /** What the person can do next. */
  readonly fix: string;
  constructor(code: EngineStartError['code'], message: string, fix: string) {
    super(message);
    this.code = code;
    this.fix = fix;
  }
}
