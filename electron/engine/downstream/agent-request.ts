import type { ServerResponse } from 'node:http';
import type { Admission } from './head-guards.ts';

/** A request that passed every guard of its head. */
export interface AgentRequest extends Admission {
  res: ServerResponse;
  /** Milliseconds, `performance.now()`. */
  receivedAt: number;
}
