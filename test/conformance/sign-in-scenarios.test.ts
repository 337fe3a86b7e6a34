import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RequirementSet, runClientScenario } from './run-suite.ts';
import { type SignInDriver, startSignInDriver } from './sign-in-driver.ts';

const program = fileURLToPath(new URL('./sign-in-client.mjs', import.meta.url));
/** Quoted, because the suite hands it to a shell. */
const command = `"${process.execPath}" "${program}"`;

/** Every scored scenario of the suite; the others (client credentials, enterprise, DPoP, workload identity) are extensions. */
const scenarios = [
  'auth/metadata-default',
  'auth/metadata-var1',
  'auth/metadata-var2',
  'auth/metadata-var3',
  'auth/basic-cimd',
  'auth/scope-from-www-authenticate',
  'auth/scope-from-scopes-supported',
  'auth/scope-omitted-when-undefined',
  'auth/scope-step-up',
  'auth/scope-retry-limit',
  'auth/token-endpoint-auth-basic',
  'auth/token-endpoint-auth-post',
  'auth/token-endpoint-auth-none',
  'auth/pre-registration',
  'auth/resource-mismatch',
  'auth/offline-access-scope',
  'auth/offline-access-not-supported',
  'auth/authorization-server-migration',
  'auth/iss-supported',
  'auth/iss-not-advertised',
  'auth/iss-supported-missing',
  'auth/iss-wrong-issuer',
  'auth/iss-unexpected',
  'auth/iss-normalized',
  'auth/metadata-issuer-mismatch',
];

/** The earlier set has the first fourteen, with a server of the legacy era; signing in is the same code for both. */
const legacyCount = process.env.SCOPEGATE_ALL_SCENARIOS === undefined ? 2 : 14;

const runs: [RequirementSet, string][] = [
  ...scenarios.slice(0, legacyCount).map((name): [RequirementSet, string] => ['2025-11-25', name]),
  ...scenarios.map((name): [RequirementSet, string] => ['2026-07-28', name]),
];

describe('the sign-in scenarios of the conformance suite', () => {
  let driver: SignInDriver;
  beforeAll(async () => {
    driver = await startSignInDriver();
  });
  afterAll(() => driver.close());

  it.concurrent.for(runs)('%s %s: every check passes', { timeout: 120_000 }, async ([requirements, scenario]) => {
    const run = await runClientScenario(command, scenario, requirements, { SCOPEGATE_DRIVER: driver.url });
    expect(run.passed.size, run.output).toBeGreaterThan(0);
    expect([...run.failed], run.output).toEqual([]);
  });
});
