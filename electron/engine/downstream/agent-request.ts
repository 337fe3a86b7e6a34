import type { ServerResponse } from 'node:http';
import type { Caller } from '../exchange.ts';
import type { Admission } from './head-guards.ts';

/** A request that passed every guard of its head. */
export interface AgentRequest extends Admission {
  res: ServerResponse;
  /** The program behind the connection. */
  caller: Caller;
  /** Milliseconds, `performance.now()`. */
  receivedAt: number;
}
