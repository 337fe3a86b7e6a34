const reference = /^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:(?:\/|[A-Za-z]:[\\/]|\\\\).+)$/;
const secretName = /token|secret|passw(or)?d|passphrase|api[-_]?key|authorization|credential|private[-_]?key|cookie/i;
const pointsElsewhere = /(?:file|path|dir|url|uri|endpoint|name)$/i;

/** True for `env:NAME` and `file:PATH`: the value is read when the server starts and never stored. */
export function isSecretReference(value: string): boolean {
  return reference.test(value);
}

/** What is wrong with a value of an environment variable or header; null when it can be saved. */
export function checkReference(name: string, value: string): string | null {
  if (isSecretReference(value)) return null;
  if (/^(?:env|file):/.test(value)) return 'Write env:NAME or file: with the whole path.';
  const looksSecret = secretName.test(name) && !pointsElsewhere.test(name);
  if (looksSecret && value !== '')
    return 'This looks like a secret. Give env:NAME or file:PATH, so that it is not stored.';
  return null;
}
