/**
 * Why signing in, renewing or revoking did not work. `needed`: a person has to sign in. `unavailable`: trying later may
 * help. `refused`: something about this server or its sign-in service is not as it has to be. `locked`: the vault is.
 */
export type SignInFaultKind = 'needed' | 'unavailable' | 'refused' | 'locked' | 'cancelled';

/** Expected end of an attempt, in words a person can act on. Never holds a token, a code or a secret. */
export class SignInFault extends Error {
  override readonly name = 'SignInFault';
  readonly kind: SignInFaultKind;
  /** What the person can do next, one sentence. */
  readonly fix: string;
  constructor(kind: SignInFaultKind, message: string, fix: string) {
    super(message);
    this.kind = kind;
    this.fix = fix;
  }
}

const maxText = 300;

/** Text from a server, for a sentence of ours: one short line without control characters. */
export function quoteText(text: string): string {
  return text
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, maxText);
}
