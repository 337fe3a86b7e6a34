#!/usr/bin/env node
// The `scopegate` command. Plain JavaScript, because it may be started by a Node too old for the rest: it then goes on
// under the project's own Node 24.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canRunTypeScript, findProjectNode, followParent, oldestNode, reexecute } from '../../scripts/node-runtime.mjs';

const self = fileURLToPath(import.meta.url);
const root = join(dirname(self), '..', '..');

async function main() {
  if (!canRunTypeScript(process.versions.node)) {
    const node = findProjectNode(root);
    if (node) await reexecute(node, [self, ...process.argv.slice(2)]);
    process.stderr.write(
      `scopegate: Node ${process.versions.node} is too old (${oldestNode} or newer is needed) and the project's own Node is not installed. ` +
        `Run "npm ci" in ${root} first.\n`,
    );
    process.exitCode = 1;
    return;
  }
  // Imported late: what it needs of node:module is not in every Node that reads this file.
  const { runHeadless } = await import('../../scripts/run-headless.mjs');
  await runHeadless(root, process.argv.slice(2));
}

followParent();
await main();
