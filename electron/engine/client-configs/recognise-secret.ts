const secretName =
  /token|secret|passw(or)?d|passphrase|api[-_]?key|access[-_]?key|authorization|credential|private[-_]?key|cookie|[-_]pat$|[-_]key$|^key$/i;
const pointsElsewhere = /(?:file|path|dir|url|uri|endpoint|name)$/i;

/** How tokens of well-known makers begin, and the shape of a signed one. */
const tokenShape =
  /^(?:Bearer\s+\S{8,}|Basic\s+\S{8,}|sk-[\w-]{16,}|sgk_\w+|gh[pousr]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{8,}|AKIA[A-Z0-9]{12,}|AIza[\w-]{30,}|ya29\.[\w-]+|npm_\w{20,}|eyJ[\w-]{8,}\.[\w-]+\.[\w-]*|-----BEGIN )/;

/** A long run of letters and digits without words in it. */
const randomShape = /^(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9+/_=-]{28,}$/;

/** True where a value must not be stored or shown: by its name, or because it looks like a token. */
export function looksSecret(name: string, value: string): boolean {
  if (value.trim() === '') return false;
  if (secretName.test(name) && !pointsElsewhere.test(name)) return true;
  return looksLikeToken(value);
}

export function looksLikeToken(value: string): boolean {
  const text = value.trim();
  return tokenShape.test(text) || (randomShape.test(text) && !text.includes('/') && variety(text) >= 12);
}

/** Distinct characters: a path or a word repeats few, a random text has many. */
function variety(text: string): number {
  return new Set(text).size;
}

const assignment = /^(--?[\w-]+)=(.*)$/s;

/** The places of secrets among arguments: `--api-key X`, `--api-key=X`, or a bare token. */
export function findSecretArguments(args: readonly string[]): number[] {
  return args.flatMap((arg, index) => {
    const [, flag, value] = assignment.exec(arg) ?? [];
    const before = args[index - 1] ?? '';
    const name = flag ?? (before.startsWith('-') && !before.includes('=') ? before : '');
    const text = value ?? arg;
    return !text.startsWith('-') && looksSecret(name.replace(/^-+/, ''), text) ? [index] : [];
  });
}

/** True where an address carries a secret: user and password, or a telling parameter. */
export function hasSecretInUrl(url: string): boolean {
  try {
    const { username, password, searchParams, pathname } = new URL(url);
    if (username !== '' || password !== '') return true;
    if ([...searchParams].some(([name, value]) => looksSecret(name, value))) return true;
    return pathname.split('/').some(looksLikeToken);
  } catch {
    return false;
  }
}

/** An address without what could be secret in it. */
export function maskUrl(url: string): string {
  if (!hasSecretInUrl(url)) return url;
  try {
    return `${new URL(url).origin}/•••`;
  } catch {
    return '•••';
  }
}
