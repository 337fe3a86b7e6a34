import type { AgentView } from '../../../electron/shared/index.ts';
import { countOf, formatClock, formatDay } from '../../lib/format.ts';

export interface AgentState {
  kind: 'connected' | 'paused' | 'away';
  /** One or a few words: `Connected`, `Paused`, `Not seen since 9 Nov`. */
  word: string;
  /** Open sessions in words; empty when there are none. */
  sessions: string;
}

/** How an agent stands, in words. `now` is milliseconds since the epoch. */
export function describeAgent(agent: AgentView, now: number): AgentState {
  const sessions = agent.sessions > 0 ? countOf(agent.sessions, 'session') : '';
  if (agent.paused) return { kind: 'paused', word: 'Paused', sessions };
  if (agent.sessions > 0) return { kind: 'connected', word: 'Connected', sessions };
  if (agent.lastSeenAt === null) return { kind: 'away', word: 'Never connected', sessions };
  return { kind: 'away', word: `Not seen since ${shortMoment(agent.lastSeenAt, now)}`, sessions };
}

/** The longer form for the page's title bar. */
export function describeAgentFully(agent: AgentView, now: number): string {
  const { kind, word, sessions } = describeAgent(agent, now);
  if (kind === 'connected' && agent.lastSeenAt !== null)
    return `${word}, last seen ${shortMoment(agent.lastSeenAt, now)}`;
  if (kind === 'paused')
    return sessions === '' ? 'Paused, its calls are refused' : `Paused, ${sessions}, its calls are refused`;
  return word;
}

/** `13:41` today, `9 Nov` before. */
function shortMoment(at: number, now: number): string {
  if (new Date(at).toDateString() === new Date(now).toDateString()) return formatClock(at).slice(0, 5);
  return formatDay(at, now);
}
