// A vitest reporter: counts every test of the run and leaves the counts for `npm test`, which prints them last.
import { writeFileSync } from 'node:fs';

/**
 * @typedef {object} Tally
 * @property {number} passed
 * @property {number} failed failed tests, files that could not be loaded, and errors outside any test
 * @property {{ name: string, reason: string }[]} skipped
 */

/**
 * @param {readonly import('vitest/node').TestModule[]} modules
 * @param {readonly unknown[]} unhandledErrors
 * @returns {Tally}
 */
export function countTests(modules, unhandledErrors) {
  /** @type {Tally} */
  const tally = { passed: 0, failed: unhandledErrors.length, skipped: [] };
  for (const module of modules) {
    // A suite that failed outside its tests (a broken import, a beforeAll) must not pass for want of tests.
    tally.failed += [module, ...module.children.allSuites()].filter((suite) => suite.errors().length > 0).length;
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === 'passed') tally.passed += 1;
      else if (result.state === 'failed') tally.failed += 1;
      else tally.skipped.push({ name: `${module.relativeModuleId} > ${test.fullName}`, reason: readReason(result) });
    }
  }
  return tally;
}

/** @param {import('vitest/node').TestResult} result */
function readReason(result) {
  return result.state === 'skipped' && result.note ? result.note : 'did not run';
}

export default class TallyReporter {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly unknown[]} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    const file = process.env.SCOPEGATE_TEST_TALLY;
    if (file) writeFileSync(file, JSON.stringify(countTests(modules, unhandledErrors)));
  }
}
