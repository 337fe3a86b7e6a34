import type { ServerFault, ServerView } from '../../../electron/shared/index.ts';
import { formatClock, formatDay } from '../../lib/format.ts';
import type { IconName } from '../../ui/icon.tsx';
import type { StateTone } from '../../ui/state-word.tsx';

export interface ServerState {
  kind: 'off' | 'idle' | 'starting' | 'running' | 'failing' | 'review' | 'sign-in';
  /** `Running`, `Held for review`, `Failing`. */
  word: string;
  /** What it means; a tooltip. */
  hint: string;
  tone: StateTone;
  /** Null where a plain dot stands for it. */
  icon: IconName | null;
}

/** True when tools of this server wait for a person. */
export function needsReview(server: ServerView): boolean {
  return server.unreviewedCount > 0;
}

/** How a server stands, in one word: what a person must act on comes before what the process does. */
export function describeServer(server: ServerView): ServerState {
  if (!server.enabled || server.status === 'off') {
    return { kind: 'off', word: 'Off', hint: 'Switched off: agents do not see its tools.', tone: 'off', icon: null };
  }
  if (server.signIn?.state === 'needed' || server.signIn?.state === 'signing_in') {
    const isWaiting = server.signIn.state === 'signing_in';
    return {
      kind: 'sign-in',
      word: isWaiting ? 'Signing in' : 'Needs sign-in',
      hint: isWaiting ? 'Your browser is open.' : 'It refuses calls until you sign in there.',
      tone: isWaiting ? 'run' : 'ask',
      icon: isWaiting ? 'run' : 'hand',
    };
  }
  if (server.status === 'failing') {
    return { kind: 'failing', word: 'Failing', hint: server.lastError?.message ?? '', tone: 'fault', icon: 'fault' };
  }
  if (needsReview(server)) {
    return {
      kind: 'review',
      word: 'Held for review',
      hint: 'Some of its tools wait until you have looked at them.',
      tone: 'ask',
      icon: 'hand',
    };
  }
  if (server.status === 'starting') {
    return { kind: 'starting', word: 'Starting', hint: 'The connection is being made.', tone: 'run', icon: 'run' };
  }
  if (server.status === 'running') {
    return { kind: 'running', word: 'Running', hint: 'Connected and ready.', tone: 'off', icon: null };
  }
  return { kind: 'idle', word: 'Idle', hint: 'Starts with the next call.', tone: 'off', icon: null };
}

/** The state with its time, for the title bar. `now` is milliseconds since the epoch. */
export function describeServerFully(server: ServerView, now: number): string {
  const { kind, word, hint } = describeServer(server);
  if (kind === 'failing' && server.lastError) return `${word} since ${shortMoment(server.lastError.at, now)}`;
  if (kind === 'running' && server.startedAt !== null) return `${word} since ${shortMoment(server.startedAt, now)}`;
  return kind === 'idle' ? `${word}, ${hint.charAt(0).toLowerCase()}${hint.slice(1, -1)}` : word;
}

/** What a fault's detail is: the server's own words where there are any, else ours. */
export function faultDetailTitle(code: ServerFault['code']): string {
  if (code === 'exited' || code === 'garbage' || code === 'timeout') return 'Last lines from the server';
  return code === 'http_status' || code === 'protocol' ? 'What the server answered' : 'Details';
}

function shortMoment(at: number, now: number): string {
  const clock = formatClock(at).slice(0, 5);
  return new Date(at).toDateString() === new Date(now).toDateString() ? clock : `${formatDay(at, now)}, ${clock}`;
}
