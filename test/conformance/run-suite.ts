import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const program = require.resolve('@modelcontextprotocol/conformance/dist/index.js');

/** A frozen set of requirements of the conformance suite: the scenarios of one revision of the protocol. */
export type RequirementSet = '2025-11-25' | '2026-07-28';

interface Check {
  id: string;
  name: string;
  status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
  errorMessage?: string;
}

export interface SuiteRun {
  /** Passed checks by `scenario / id / name`; the value counts how often, because some checks run several times. */
  passed: Map<string, number>;
  /** What failed or warned, with the suite's own words, by the same key. */
  failed: Map<string, string[]>;
  /** Scenarios in the order of the suite, with their passed and failed checks. */
  scenarios: Map<string, { passed: number; failed: number }>;
  /** What the command printed. */
  output: string;
}

async function runProgram(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    // The exit code says whether every check passed; the checks say it better.
    child.once('close', () => resolve());
  });
  return output;
}

/** `server-tools-list-2026-11-22T09-47-50-108Z` → `tools-list` */
function scenarioOf(folder: string): string {
  return folder.replace(/^(server|client)-/, '').replace(/-\d{4}-\d{2}-\d{2}T[\d-]+Z$/, '');
}

async function collectChecks(folder: string, output: string): Promise<SuiteRun> {
  const run: SuiteRun = { passed: new Map(), failed: new Map(), scenarios: new Map(), output };
  // scenarios with a slash in their name have a folder within a folder
  const files = (await readdir(folder, { recursive: true })).filter((file) => basename(file) === 'checks.json');
  for (const file of files.sort()) {
    const scenario = scenarioOf(dirname(file));
    const checks = JSON.parse(await readFile(join(folder, file), 'utf8')) as Check[];
    const counts = { passed: 0, failed: 0 };
    for (const check of checks) {
      const key = `${scenario} / ${check.id} / ${check.name}`;
      if (check.status === 'SUCCESS') {
        counts.passed += 1;
        run.passed.set(key, (run.passed.get(key) ?? 0) + 1);
      } else if (check.status === 'FAILURE' || check.status === 'WARNING') {
        counts.failed += 1;
        run.failed.set(key, [...(run.failed.get(key) ?? []), `${check.status}: ${check.errorMessage ?? ''}`]);
      }
    }
    run.scenarios.set(scenario, counts);
  }
  return run;
}

async function runInto(args: readonly string[], env?: Record<string, string>): Promise<SuiteRun> {
  const folder = await mkdtemp(join(tmpdir(), 'scopegate-conformance-'));
  try {
    const output = await runProgram([...args, '--output-dir', folder], env);
    return await collectChecks(folder, output);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs every server scenario of the set against one URL. */
export function runServerSuite(url: string, requirements: RequirementSet): Promise<SuiteRun> {
  return runInto(['server', '--url', url, '--requirements', requirements]);
}

/** Runs one client scenario: the suite is the server, `command` is the client and gets the URL as its last argument. */
export function runClientScenario(
  command: string,
  scenario: string,
  requirements: RequirementSet,
  env: Record<string, string>,
): Promise<SuiteRun> {
  const args = ['client', '--command', command, '--scenario', scenario, '--spec-version', requirements];
  return runInto(args, env);
}
