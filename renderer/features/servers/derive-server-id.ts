import { serverIdSchema, type Transport } from '../../../electron/shared/index.ts';

const longestId = 24;

/** A valid, unused server id made from a name: `GitHub (work)` → `github-work`, then `github-work-2`. */
export function deriveServerId(name: string, taken: readonly string[]): string {
  const base =
    name
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, longestId)
      .replace(/^-+|-+$/g, '') || 'server';
  if (!taken.includes(base)) return base;
  for (let count = 2; ; count += 1) {
    const suffix = `-${count}`;
    const id = base.slice(0, longestId - suffix.length).replace(/-+$/, '') + suffix;
    if (!taken.includes(id)) return id;
  }
}

/** What is wrong with an id, in words; null when it can be used. */
export function checkServerId(id: string, taken: readonly string[]): string | null {
  if (!serverIdSchema.safeParse(id).success) return 'Use 1 to 24 lower-case letters, digits or hyphens.';
  if (taken.includes(id)) return `Another server already uses ${id}.`;
  return null;
}

/** Words that say how a server is run or that it is one, never which one. */
const emptyWords = new Set([
  'server',
  'mcp',
  'www',
  'api',
  'index',
  'main',
  'dist',
  'build',
  'src',
  'run',
  'exec',
  'dlx',
]);
/** Programs that run another one, which is named by an argument. */
const runners = /^(npx|npm|pnpm|yarn|bunx?|node|deno|uvx?|pipx|python[\d.]*|docker|podman)$/;

/** A first guess for the name, from the package, program or host; empty when nothing speaks for itself. */
export function suggestServerName(transport: Transport): string {
  if (transport.kind === 'http') {
    const labels = URL.parse(transport.url)?.hostname.split('.') ?? [];
    if (labels.length < 2 || /^\d+$/.test(labels.at(-1) ?? '')) return '';
    return labels.slice(0, -1).findLast((label) => !emptyWords.has(label)) ?? '';
  }
  const own = telling(transport.command);
  if (!runners.test(stemOf(transport.command))) return own;
  const words = transport.args.filter((arg) => !arg.startsWith('-'));
  return words.map(telling).find((word) => word !== '') ?? '';
}

/** `@scope/mcp-server-git@1.2` → `mcp-server-git`, `C:\\x\\weather.exe` → `weather`. */
function stemOf(word: string): string {
  const last =
    word
      .replace(/(.)@[^/@]*$/, '$1')
      .split(/[\\/]/)
      .at(-1) ?? '';
  return last.replace(/\.(exe|cmd|js|mjs|cjs|ts|py|sh)$/i, '');
}

/** What is left of a program's or package's name without the words every server has. */
function telling(word: string): string {
  const parts = stemOf(word).split(/[-_.]/);
  const name = parts.filter((part) => part !== '' && !emptyWords.has(part.toLowerCase())).join('-');
  return /[a-z]/i.test(name) ? name : '';
}
