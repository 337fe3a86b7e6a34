// What each `npm run` task does once packages are installed and Node is new enough.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFolder, bundleNames, hasEntry, isFresh } from './bundles.mjs';
import { chooseHost } from './electron-runtime.mjs';
import { SetupError } from './install.mjs';
import { runToEnd } from './node-runtime.mjs';

/**
 * @typedef {object} Project
 * @property {string} root the project's folder, absolute
 * @property {(line: string) => void} say one progress line, on stderr
 * @typedef {(project: Project, args: string[]) => Promise<number | undefined>} Task gives the exit code; undefined when the task goes on in this process
 */

/** Programs of the tool chain, run under the Node that runs us. */
const tools = {
  vite: 'node_modules/vite/bin/vite.js',
  vitest: 'node_modules/vitest/vitest.mjs',
  tsc: 'node_modules/typescript/bin/tsc',
  biome: 'node_modules/@biomejs/biome/bin/biome',
  knip: 'node_modules/knip/bin/knip.js',
};

/**
 * @param {Project} project
 * @param {keyof typeof tools} tool
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
function runTool({ root }, tool, args, options) {
  return runToEnd(process.execPath, [join(root, tools[tool]), ...args], { cwd: root, ...options });
}

/**
 * Builds what is older than its sources. Without Vite (an install without development packages) what is there is used.
 * @param {Project} project
 * @param {import('./bundles.mjs').BundleName[]} names
 */
async function buildStale(project, names) {
  const { root, say } = project;
  const stale = names.filter((name) => hasEntry(root, name) && !isFresh(root, name));
  if (stale.length === 0) return;
  if (!existsSync(join(root, tools.vite))) {
    const missing = stale.filter((name) => !existsSync(bundleFolder(root, name)));
    if (missing.length > 0)
      throw new SetupError(`dist/${missing.join(', dist/')} is missing and there is no Vite to build it. Run: npm ci`);
    return;
  }
  say(`building ${stale.join(', ')}`);
  // stdout belongs to the task that follows.
  const code = await runToEnd(process.execPath, [join(root, 'scripts', 'build.mjs'), ...stale], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (code !== 0) throw new SetupError(`the build of ${stale.join(', ')} failed; the reason is above`);
}

/**
 * Hands this process over to the headless host, whose end is its own affair.
 * @param {Project} project
 * @param {string[]} args
 * @returns {Promise<undefined>}
 */
async function becomeHeadless({ root }, args) {
  // Imported late: what it needs of node:module is not in every Node that reads this file.
  const { runHeadless } = await import('./run-headless.mjs');
  await runHeadless(root, args);
}

/** @type {Task} */
async function start(project, args) {
  const inBrowser = args.includes('--browser');
  const rest = args.filter((arg) => arg !== '--browser');
  /** @type {import('./electron-runtime.mjs').Host} */
  const host = inBrowser ? { kind: 'browser', reason: 'you asked for it' } : chooseHost(project.root, project.say);
  if (host.kind === 'electron') {
    await buildStale(project, ['renderer', 'shell']);
    const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
    const started = Date.now();
    const code = await runToEnd(host.executable, [project.root, ...rest], { cwd: project.root, env });
    if (!diedAtStart(code, Date.now() - started)) return code;
    project.say('Electron could not start here (its own message is above); showing ScopeGate in the browser instead');
  } else {
    project.say(`showing ScopeGate in the browser: ${host.reason}`);
  }
  await buildStale(project, ['renderer', 'headless']);
  return becomeHeadless(project, ['serve', '--open', ...rest]);
}

/**
 * Electron aborts at once where the system denies it a sandbox (128 + SIGABRT, SIGTRAP or SIGSEGV) or a library is missing (127).
 * @param {number} code
 * @param {number} ranMs
 */
function diedAtStart(code, ranMs) {
  return ranMs < 10_000 && [127, 133, 134, 139].includes(code);
}

/** @type {Task} */
async function test(project, args) {
  try {
    await buildStale(project, bundleNames);
  } catch (error) {
    // What cannot be built has failed, and the result line says so too.
    console.log('0 passed, 1 failed');
    throw error;
  }
  const folder = mkdtempSync(join(tmpdir(), 'scopegate-tally-'));
  const file = join(folder, 'tally.json');
  try {
    const reporters = ['--reporter=default', `--reporter=${join(project.root, 'scripts', 'tally-reporter.mjs')}`];
    const env = { ...process.env, SCOPEGATE_TEST_TALLY: file };
    const started = Date.now();
    const code = await runTool(project, 'vitest', ['run', ...reporters, ...args], { env });
    project.say(`tests ended after ${Math.round((Date.now() - started) / 1000)} s`);
    return reportTally(file, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Ends the output with the one plain line that tells the result.
 * @param {string} file
 * @param {number} code vitest's own exit code
 */
function reportTally(file, code) {
  /** @type {import('./tally-reporter.mjs').Tally} */
  const tally = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { passed: 0, failed: 0, skipped: [] };
  // Whatever vitest calls a failure is one, even when no single test stands for it.
  if (code !== 0 && tally.failed === 0) tally.failed = 1;
  for (const { name, reason } of tally.skipped) console.log(`skipped: ${name} (${reason})`);
  const skipped = tally.skipped.length > 0 ? `, ${tally.skipped.length} skipped` : '';
  console.log(`${tally.passed} passed, ${tally.failed} failed${skipped}`);
  return code === 0 && tally.failed > 0 ? 1 : code;
}

/** @type {Task} */
async function check(project) {
  const codes = [
    await runTool(project, 'tsc', ['-b']),
    await runTool(project, 'biome', ['check', '--error-on-warnings']),
    await runTool(project, 'knip', []),
  ];
  return codes.find((code) => code !== 0) ?? 0;
}

const deepTests = [
  'test/engine/policy/compare.test.ts',
  'test/engine/audit/audit-kill.test.ts',
  'test/engine/audit/audit-flips.test.ts',
  'test/conformance/sign-in-scenarios.test.ts',
  'test/engine/client-configs',
];

/**
 * What takes too long for every test run: a million random policy questions to two interpreters, a thousand kills of an
 * engine that writes its audit log, a hundred thousand bit flips of one, every sign-in scenario of the conformance suite.
 * @type {Task}
 */
const checkDeep = (project) =>
  runTool(project, 'vitest', ['run', '--project', 'unit', ...deepTests], {
    env: {
      ...process.env,
      SCOPEGATE_POLICY_REQUESTS: '1000000',
      SCOPEGATE_KILL_CYCLES: '1000',
      SCOPEGATE_AUDIT_FLIPS: '100000',
      SCOPEGATE_ALL_SCENARIOS: '1',
      SCOPEGATE_DEEP: '1',
      SCOPEGATE_SEED: 'random',
    },
  });

/**
 * Mixed load for ten minutes, or `--minutes=N`: fails where memory, handles or children keep growing, or a call is
 * missing in the audit log.
 * @type {Task}
 */
const checkSoak = ({ root }, args) =>
  runToEnd(process.execPath, [join(root, 'bench', 'soak.ts'), ...args], { cwd: root });

const benches = ['policy', 'scan', 'audit-write', 'audit-queries', 'approvals', 'speed'];

/**
 * All measurements, or those named: `npm run bench policy`. What follows `--` goes to each.
 * @type {Task}
 */
async function bench({ root, say }, args) {
  const named = args.filter((arg) => !arg.startsWith('-'));
  const unknown = named.find((name) => !benches.includes(name));
  if (unknown !== undefined) throw new SetupError(`there is no bench ${unknown}; there are: ${benches.join(', ')}`);
  for (const name of named.length > 0 ? named : benches) {
    say(`measuring: ${name}`);
    const flags = args.filter((arg) => arg.startsWith('-'));
    const code = await runToEnd(process.execPath, [join(root, 'bench', `${name}.ts`), ...flags], { cwd: root });
    if (code !== 0) return code;
  }
  return 0;
}

/** @type {Task} */
const fix = (project) => runTool(project, 'biome', ['check', '--write']);

/** @type {Task} */
async function build(project) {
  await buildStale(project, bundleNames);
  project.say('dist/ is up to date');
  return 0;
}

/**
 * The browser-hosted app on data of its own, renderer rebuilt and host restarted at each change of their sources.
 * @type {Task}
 */
async function dev(project, args) {
  const { root } = project;
  const dataDir = join(root, '.cache', 'dev-data');
  mkdirSync(dataDir, { recursive: true });
  const place = args.includes('--data-dir') ? [] : ['--data-dir', dataDir];
  const host = join(root, 'electron', 'headless', 'main.ts');
  const codes = await Promise.all([
    runTool(project, 'vite', [
      'build',
      '--watch',
      '--configLoader',
      'native',
      '--outDir',
      bundleFolder(root, 'renderer'),
      '--emptyOutDir',
      'renderer',
      '--config',
      'renderer/vite.config.ts',
    ]),
    runToEnd(process.execPath, ['--watch', '--watch-preserve-output', host, 'serve', ...place, ...args], { cwd: root }),
  ]);
  return Math.max(...codes);
}

/** @param {string} command @returns {Task} */
function headlessTask(command) {
  return async (project, args) => {
    await buildStale(project, ['renderer', 'headless']);
    return becomeHeadless(project, [command, ...args]);
  };
}

/** @type {Record<string, Task>} */
export const tasks = {
  start,
  test,
  check,
  'check:deep': checkDeep,
  'check:soak': checkSoak,
  bench,
  fix,
  dev,
  build,
  serve: headlessTask('serve'),
  demo: headlessTask('demo'),
  doctor: headlessTask('doctor'),
};
