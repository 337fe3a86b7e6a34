import type { Sandbox, Transport } from '../../shared/index.ts';

/** Says before every start whether a person accepted it, and what holds the program. */
export interface LaunchGate {
  /** Why nothing may start, in words a person can act on; null: a person accepted exactly this. */
  refusalOf(serverId: string, transport: Transport): { message: string; fix: string } | null;
  /** Null: the server runs as its user, without a sandbox. */
  sandboxOf(serverId: string): Sandbox | null;
}
