const secretName = /(token|secret|password|verifier)$/i;
const minLength = 8;

/**
 * What of a stored value the echo guard has to know: the value itself, or, where it is the JSON of a sign-in, the tokens
 * in it. Addresses in such a record are no secrets.
 */
export function secretWordsOf(value: string): string[] {
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
