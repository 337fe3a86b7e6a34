#!/usr/bin/env node
// The one door behind every `npm run` task. Works as the first command in a fresh clone, under an old system Node:
// installs what is missing, goes on under the project's own Node 24, builds what is stale, then runs the task.
// Its own words go to stderr; stdout carries the task's output and nothing else.
// Usage: node scripts/bootstrap.mjs <task> [arguments of the task]
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, SetupError } from './install.mjs';
import { canRunTypeScript, findProjectNode, followParent, oldestNode, reexecute } from './node-runtime.mjs';
import { tasks } from './tasks.mjs';

const oldestBootstrapNode = 18;

const self = fileURLToPath(import.meta.url);
const root = dirname(dirname(self));

/** @param {string} line */
function say(line) {
  process.stderr.write(`scopegate: ${line}\n`);
}

/** @param {string[]} argv */
async function main([name = '', ...args]) {
  const task = tasks[name];
  if (!task) throw new SetupError(`usage: node scripts/bootstrap.mjs <${Object.keys(tasks).join('|')}>`);
  if (Number.parseInt(process.versions.node, 10) < oldestBootstrapNode) {
    throw new SetupError(
      `Node ${process.versions.node} is too old even to install ScopeGate: it needs ${oldestBootstrapNode} or newer.`,
    );
  }
  await ensureInstalled(root, say);
  if (!canRunTypeScript(process.versions.node)) {
    const node = findProjectNode(root);
    if (!node) throw new SetupError(`Node ${oldestNode} or newer is needed`);
    await reexecute(node, [self, name, ...args]);
  }
  const code = await task({ root, say }, args);
  // Without a code the task lives on in this process (a host): its end is its own affair.
  if (code !== undefined) process.exitCode = code;
}

followParent();
try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exitCode = 1;
}
