// Builds bundles with Vite, each into a folder of its own that then takes the old one's place: a host that is
// running from dist/ never sees half a build. Runs under Node 24 (the Vite configurations are TypeScript).
// Usage: node scripts/build.mjs [renderer] [shell] [headless] [--stale]
// Without a name: all three. With --stale: only those that are older than their sources.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { bundleFolder, bundleNames, describeInputs, hasEntry, inputsFile, isFresh } from './bundles.mjs';

/** @typedef {import('./bundles.mjs').BundleName} BundleName */

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * The Vite runs that make up a bundle. Main and preload are two runs because a sandboxed preload must be one file.
 * @type {Record<BundleName, { configFile: string, mode: string, entry?: string }[]>}
 */
const runs = {
  renderer: [{ configFile: 'renderer/vite.config.ts', mode: 'production' }],
  shell: [
    { configFile: 'electron/vite.config.ts', mode: 'main' },
    { configFile: 'electron/vite.config.ts', mode: 'preload', entry: 'electron/shell/preload.ts' },
  ],
  headless: [{ configFile: 'electron/vite.config.ts', mode: 'headless' }],
};

/** @param {BundleName} name */
async function buildBundle(name) {
  const target = bundleFolder(root, name);
  const fresh = `${target}.new-${process.pid}`;
  const old = `${target}.old-${process.pid}`;
  // Taken before the build: a file saved while it runs makes the bundle stale, not wrongly fresh.
  const inputs = describeInputs(root, name);
  try {
    for (const run of runs[name]) {
      if (run.entry && !existsSync(join(root, run.entry))) continue;
      await build({
        root: join(root, dirname(run.configFile)),
        configFile: join(root, run.configFile),
        configLoader: 'native',
        mode: run.mode,
        logLevel: 'warn',
        clearScreen: false,
        build: { outDir: fresh, emptyOutDir: false },
      });
    }
    mkdirSync(fresh, { recursive: true });
    writeFileSync(join(fresh, inputsFile), inputs);
    replaceFolder(name, fresh, old);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}

/**
 * Two builds may end at the same moment: the second to come finds the place taken, by an equal bundle.
 * @param {BundleName} name
 * @param {string} fresh
 * @param {string} old where the present one goes
 */
function replaceFolder(name, fresh, old) {
  const target = bundleFolder(root, name);
  try {
    if (existsSync(target)) renameSync(target, old);
    renameSync(fresh, target);
  } catch (error) {
    if (!isFresh(root, name)) throw error;
  }
}

const asked = process.argv.slice(2);
const named = bundleNames.filter((name) => asked.includes(name));
const wanted = named.length > 0 ? named : bundleNames;
try {
  for (const name of wanted) {
    if (hasEntry(root, name) && !(asked.includes('--stale') && isFresh(root, name))) await buildBundle(name);
  }
} catch (error) {
  // Vite's message names the file and the reason; a stack of Vite's own inside adds nothing.
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
