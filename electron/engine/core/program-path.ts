import type { CallingProcess, Risk, RiskReason } from '../../shared/index.ts';
import { highestTier } from './risk.ts';

/**
 * What two paths of one program have in common: programs that update themselves keep each version in a folder or a file of
 * its own. Who can write beside the old version could as well replace it.
 */
export function programKey(path: string): string {
  const isWindows = path.includes('\\');
  const parts = path.replace(/ \(deleted\)$/, '').split(/[/\\]/);
  const key = parts.map((part) => (/^v?\d+(?:\.\d+)+(?:[-+.]\w+)*$/.test(part) ? '*' : part)).join('/');
  return isWindows ? key.toLowerCase() : key;
}

/** Why a call counts as dangerous for what made it; null: the program is one that was expected, or nothing is. */
export function suspectProgram(process: CallingProcess | null, expected: readonly string[]): string | null {
  const [first] = expected;
  if (first === undefined) return null;
  const known = expected.length === 1 ? first : `${first} and ${expected.length - 1} more`;
  if (process === null) return `The program behind this connection could not be found; expected is ${known}`;
  // every call comes this way, nearly always with the very path that is expected
  if (expected.includes(process.path)) return null;
  const key = programKey(process.path);
  if (expected.some((path) => programKey(path) === key)) return null;
  return `The token is used by ${process.path}; expected is ${known}`;
}

/** Where the reason comes from, as the card names it. */
export const connectionSource = 'connection';

/** Rated as dangerous for the program that made the call. */
export function isSuspect(risk: Risk): boolean {
  return risk.reasons.some(({ source }) => source === connectionSource);
}

/** The risk of a call whose token is used by a program nobody expected: as of one that can do anything. */
export function raiseForProgram(risk: Risk, suspicion: string | null): Risk {
  if (suspicion === null) return risk;
  const reason: RiskReason = { tier: 'secret', text: suspicion, source: connectionSource };
  return { ...risk, tier: highestTier([risk.tier, 'secret']), reasons: [reason, ...risk.reasons] };
}
