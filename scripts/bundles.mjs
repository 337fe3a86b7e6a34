// The three bundles under dist/: what each is made of, and whether it is older than that. Read at every start,
// so plain JavaScript, synchronous, and only file names, sizes and times: no content is opened.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** @typedef {'renderer' | 'shell' | 'headless'} BundleName */

/**
 * `entries`: without one of these files there is nothing to build. `sources`: folders and files it is made of.
 * @type {Record<BundleName, { entries: string[], sources: string[] }>}
 */
const bundles = {
  renderer: {
    entries: ['renderer/index.html', 'renderer/approval.html'],
    sources: ['renderer', 'electron/shared', 'assets'],
  },
  shell: {
    entries: ['electron/shell/main.ts'],
    sources: ['electron/shell', 'electron/engine', 'electron/shared', 'electron/vite.config.ts'],
  },
  headless: {
    entries: ['electron/headless/main.ts'],
    sources: ['electron/headless', 'electron/engine', 'electron/shared', 'electron/vite.config.ts'],
  },
};

/** @type {BundleName[]} */
export const bundleNames = ['renderer', 'shell', 'headless'];

const madeOf = /\.(ts|tsx|css|html|svg|png|json|yaml|md)$/;
const notMadeOf = /^(tsconfig\.json|screenshots)$/;

/** @param {string} root @param {BundleName} name */
export const bundleFolder = (root, name) => join(root, 'dist', name);

/** @param {string} root @param {BundleName} name */
export const hasEntry = (root, name) => bundles[name].entries.some((entry) => existsSync(join(root, entry)));

/**
 * One line per input file: path, size and time of change. Equal text means an equal bundle.
 * @param {string} root
 * @param {BundleName} name
 */
export function describeInputs(root, name) {
  /** @type {string[]} */
  const lines = [];
  /** @param {string} path @param {boolean} isNamed */
  const visit = (path, isNamed) => {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats) return;
    if (stats.isDirectory()) {
      for (const child of readdirSync(path).sort()) if (!notMadeOf.test(child)) visit(join(path, child), false);
    } else if (isNamed || madeOf.test(path)) {
      lines.push(`${relative(root, path)} ${stats.size} ${Math.trunc(stats.mtimeMs)}`);
    }
  };
  for (const source of [...bundles[name].sources, 'package.json', 'package-lock.json']) visit(join(root, source), true);
  return `${lines.join('\n')}\n`;
}

/** Written into each bundle by the build; the build's inputs as they were. */
export const inputsFile = '.inputs';

/**
 * Whether dist/<name> was built from the sources as they are now.
 * @param {string} root
 * @param {BundleName} name
 */
export function isFresh(root, name) {
  const stamp = join(bundleFolder(root, name), inputsFile);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === describeInputs(root, name);
}
