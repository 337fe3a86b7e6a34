/** Our pages come from this origin and nowhere else. A scheme of its own: `file:` would make every local file a neighbour. */
export const appScheme = 'app';
export const appHost = 'scopegate';
export const appOrigin = `${appScheme}://${appHost}`;

export type AppPage = 'index.html' | 'approval.html';
const appPages: readonly string[] = ['index.html', 'approval.html'] satisfies AppPage[];

export function pageUrl(page: AppPage): string {
  return `${appOrigin}/${page}`;
}

/** True for exactly our own pages, whatever follows `#` or `?`. Exact scheme, host and path; no prefix match. */
export function isAppPage(url: string): boolean {
  const parsed = parseUrl(url);
  if (parsed === null || parsed.protocol !== `${appScheme}:` || parsed.host !== appHost) return false;
  if (parsed.username !== '' || parsed.password !== '') return false;
  return appPages.includes(parsed.pathname.slice(1));
}

/** True for a file a page of ours made in memory; what has an address anywhere else is no file of ours. */
export function isOwnFile(url: string): boolean {
  return url.startsWith(`blob:${appOrigin}/`);
}

const loopbackHosts: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost']);

/**
 * The address to hand to the system's browser, or null when it is not one we open: https only, no user name or password.
 * `loopback`: http on this machine as well, for sign-in services that run here. Re-serialised, so that what is opened is
 * what was checked.
 */
export function externalAddress(url: string, { loopback = false } = {}): string | null {
  const parsed = parseUrl(url);
  if (parsed === null) return null;
  const isOwnMachine = loopback && parsed.protocol === 'http:' && loopbackHosts.has(parsed.hostname);
  if (parsed.protocol !== 'https:' && !isOwnMachine) return null;
  if (parsed.username !== '' || parsed.password !== '') return null;
  return parsed.href;
}

function parseUrl(url: string): URL | null {
  try {
    return new URL(url);
  } catch {
    return null;
  }
}
