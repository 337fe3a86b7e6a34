import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FixtureEras, type FixtureHttpServer, startFixture } from '../fakes/fixture-http.ts';
import { connectRawAgent } from '../fidelity/raw-agent.ts';
import { type AuthorizingShim, startAuthorizingShim } from './authorizing-shim.ts';
import { describeFailures, describeRuns, lostChecks, writeReport } from './compare-runs.ts';
import { knownDifferences, type UpstreamKind } from './known-differences.ts';
import { type RequirementSet, runServerSuite, type SuiteRun } from './run-suite.ts';
import { fixtureOverStdio, type Gateway, overHttp, startOpenGateway } from './start-gateway.ts';

const overHttpKinds: FixtureEras[] = ['legacy', 'modern', 'dual'];
const kinds: UpstreamKind[] = [...overHttpKinds, 'legacy-stdio', 'modern-stdio'];

/** The scenarios each set scores; the suite freezes them. */
const required: Record<RequirementSet, number> = { '2025-11-25': 30, '2026-07-28': 37 };
/** The suite cannot know of them: pending, extensions, added later. */
const unscored = /^(tasks-|json-schema-2020-12|http-|server-session-lifecycle|server-sse-polling)/;

let fixtures: Map<FixtureEras, FixtureHttpServer>;
let gateway: Gateway;

beforeAll(async () => {
  fixtures = new Map();
  for (const eras of overHttpKinds) fixtures.set(eras, await startFixture(eras));
  const servers = {
    ...Object.fromEntries([...fixtures].map(([eras, fixture]) => [eras, overHttp(fixture.url)])),
    'legacy-stdio': fixtureOverStdio('legacy'),
    'modern-stdio': fixtureOverStdio('modern'),
  };
  // One agent for each run: the suite leaves questions unanswered, and how many of them wait is limited for each agent.
  gateway = await startOpenGateway(servers, kinds);
});

afterAll(async () => {
  await gateway?.stop();
  for (const fixture of fixtures.values()) await fixture.close();
});

/**
 * The suite waits 600 ms for some first answers. A legacy server behind the gateway has a process for each set of client
 * capabilities, and starting one takes that long on a busy machine.
 */
async function warmUp(url: string): Promise<void> {
  for (const capabilities of [{}, { elicitation: {} }]) {
    const agent = await connectRawAgent(url, 'modern', undefined, capabilities);
    await agent.send('tools/call', { name: 'test_simple_text', arguments: {} });
  }
}

/** A server of the set's own era, without the gateway: what the suite and the fixture can do at best. */
const directKind: Record<RequirementSet, FixtureEras> = { '2025-11-25': 'legacy', '2026-07-28': 'modern' };

for (const requirements of ['2025-11-25', '2026-07-28'] satisfies RequirementSet[]) {
  describe(`the conformance suite, requirements of ${requirements}`, () => {
    let direct: SuiteRun;
    const through = new Map<UpstreamKind, SuiteRun>();
    const shims: AuthorizingShim[] = [];

    beforeAll(async () => {
      direct = await runServerSuite(fixtures.get(directKind[requirements])?.url ?? '', requirements);
      for (const kind of kinds) {
        const shim = await startAuthorizingShim(gateway.scopedUrl(kind), gateway.tokenOf(kind));
        shims.push(shim);
        if (requirements === '2026-07-28') await warmUp(shim.url);
        through.set(kind, await runServerSuite(shim.url, requirements));
      }
      await writeReport(`server-${requirements}.md`, describeRuns(`Requirements ${requirements}`, direct, through));
    }, 180_000);

    afterAll(async () => {
      for (const shim of shims) await shim.close();
    });

    it('the fixture alone passes every scored scenario', () => {
      const scored = [...direct.scenarios].filter(([scenario]) => !unscored.test(scenario));
      expect(scored).toHaveLength(required[requirements]);
      expect(scored.filter(([, counts]) => counts.failed > 0)).toEqual([]);
    });

    for (const kind of kinds) {
      it(`passes the same checks through the gateway in front of a ${kind} server`, () => {
        const run = through.get(kind);
        if (!run) throw new Error('The suite did not run');
        const known = knownDifferences
          .filter((one) => one.requirements === requirements && one.upstream.includes(kind))
          .flatMap((one) => one.checks)
          .sort();
        const lost = lostChecks(direct, run);
        const surprises = lost.filter((check) => !known.includes(check));
        expect(lost, describeFailures(run, surprises)).toEqual(known);
      });
    }
  });
}
