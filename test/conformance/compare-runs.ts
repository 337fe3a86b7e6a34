import { mkdir, writeFile } from 'node:fs/promises';
import type { SuiteRun } from './run-suite.ts';

/** Checks that passed in the first run more often than in the second, sorted. */
export function lostChecks(first: SuiteRun, second: SuiteRun): string[] {
  return [...first.passed]
    .filter(([key, times]) => (second.passed.get(key) ?? 0) < times)
    .map(([key]) => key)
    .sort();
}

const countOf = (run: SuiteRun) => [...run.passed.values()].reduce((sum, times) => sum + times, 0);

function scenarioRow(scenario: string, direct: SuiteRun, runs: SuiteRun[]): string {
  const cells = [direct, ...runs].map((run) => {
    const counts = run.scenarios.get(scenario);
    return counts ? `${counts.passed}${counts.failed > 0 ? ` (${counts.failed} failed)` : ''}` : '–';
  });
  return `| ${scenario} | ${cells.join(' | ')} |`;
}

/** A table of passed checks for each scenario: direct, then through the gateway for each kind of server. */
export function describeRuns(title: string, direct: SuiteRun, through: ReadonlyMap<string, SuiteRun>): string {
  const runs = [...through.values()];
  const heads = ['scenario', 'direct', ...[...through.keys()].map((name) => `through, ${name}`)];
  const totals = [direct, ...runs].map(countOf);
  return [
    `## ${title}`,
    '',
    `| ${heads.join(' | ')} |`,
    `|${' --- |'.repeat(heads.length)}`,
    ...[...direct.scenarios.keys()].map((scenario) => scenarioRow(scenario, direct, runs)),
    `| **all** | ${totals.join(' | ')} |`,
    '',
  ].join('\n');
}

/** Every failure of a run in the suite's own words, for the report and for the message of a failing test. */
export function describeFailures(run: SuiteRun, checks: readonly string[]): string {
  return checks.map((check) => `${check}\n    ${(run.failed.get(check) ?? ['not reached']).join('\n    ')}`).join('\n');
}

/** Writes a report beside the other outputs of the tests (`.cache/` is not kept in git). */
export async function writeReport(name: string, text: string): Promise<void> {
  const folder = new URL('../../.cache/conformance/', import.meta.url);
  await mkdir(folder, { recursive: true });
  await writeFile(new URL(name, folder), text);
}
