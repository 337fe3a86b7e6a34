import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { describeFailures, lostChecks } from './compare-runs.ts';
import { type RequirementSet, runClientScenario } from './run-suite.ts';

const program = fileURLToPath(new URL('./agent-program.ts', import.meta.url));
/** Quoted, because the suite hands it to a shell. */
const command = `"${process.execPath}" "${program}"`;

/** Without the `auth/…` scenarios: signing in at a server is not the agent's part of a call. */
const scenarios: Record<RequirementSet, string[]> = {
  '2025-11-25': [
    'initialize',
    'tools_call',
    'elicitation-sep1034-client-defaults',
    'sse-retry',
    'json-schema-2020-12-preservation',
  ],
  '2026-07-28': [
    'tools_call',
    'request-metadata',
    'sep-2322-client-request-state',
    'http-standard-headers',
    'http-custom-headers',
    'http-invalid-tool-headers',
    'json-schema-ref-no-deref',
    'json-schema-2020-12-preservation',
  ],
};

for (const requirements of ['2025-11-25', '2026-07-28'] satisfies RequirementSet[]) {
  describe(`the client scenarios of the conformance suite, ${requirements}`, () => {
    for (const scenario of scenarios[requirements]) {
      it(`${scenario}: the suite's server sees the same good client behind the gateway`, {
        timeout: 60_000,
      }, async () => {
        const [direct, through] = await Promise.all([
          runClientScenario(command, scenario, requirements, {}),
          runClientScenario(command, scenario, requirements, { SCOPEGATE_THROUGH: '1' }),
        ]);
        expect(direct.passed.size, direct.output).toBeGreaterThan(0);
        const lost = lostChecks(direct, through);
        expect(lost, `${describeFailures(through, lost)}\n${through.output}`).toEqual([]);
      });
    }
  });
}
