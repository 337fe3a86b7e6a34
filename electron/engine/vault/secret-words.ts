import type { EchoGuard } from '../wire/echo-guard.ts';

/** Of the ids that sign-ins are stored under; their tokens are replaced all the time. */
export const signInPrefix = 'sign-in ';

/** The guard knows a value from now on; of a sign-in the tokens in it, until many newer ones came. */
export function tellGuard(guard: EchoGuard, secretId: string, value: string): void {
  const isPassing = secretId.startsWith(signInPrefix);
  for (const word of secretWordsOf(value)) {
    if (isPassing) guard.addPassing(word);
    else guard.add(word);
  }
}

const secretName = /(token|secret|password|verifier)$/i;
const minLength = 8;

/**
 * What of a stored value the echo guard has to know: the value itself, or, where it is the JSON of a sign-in, the tokens
 * in it. Addresses in such a record are no secrets.
 */
function secretWordsOf(value: string): string[] {
  if (!value.startsWith('{')) return [value];
  try {
    const words: string[] = [];
    collect(JSON.parse(value), words);
    return words.length === 0 ? [value] : words;
  } catch {
    return [value];
  }
}

function collect(value: unknown, words: string[]): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    if (typeof member !== 'string') collect(member, words);
    else if (secretName.test(name) && member.length >= minLength && !member.includes('://')) words.push(member);
  }
}
