// Turns the running process into the headless host.
import { existsSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleFolder, isFresh } from './bundles.mjs';

/**
 * The file that is the headless host: its bundle when that is up to date (or all there is), else its source.
 * @param {string} root
 */
function chooseEntry(root) {
  const source = join(root, 'electron', 'headless', 'main.ts');
  const bundle = join(bundleFolder(root, 'headless'), 'main.mjs');
  return existsSync(bundle) && (isFresh(root, 'headless') || !existsSync(source)) ? bundle : source;
}

/**
 * Goes on as `scopegate <args>` in this process, which must be a Node that runs TypeScript.
 * @param {string} root the project's folder
 * @param {string[]} args
 */
export async function runHeadless(root, args) {
  const entry = chooseEntry(root);
  // Compiled code is kept from one start to the next; where the folder cannot be written Node does without.
  enableCompileCache(join(root, '.cache', 'compiled'));
  process.argv = [process.execPath, entry, ...args];
  await import(pathToFileURL(entry).href);
}
