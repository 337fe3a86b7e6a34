import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Era } from '../../electron/engine/exchange.ts';
import type { JsonObject } from '../../electron/engine/wire/json-rpc.ts';
import { type FixtureHttpServer, startFixture } from '../fakes/fixture-http.ts';
import { connectRawAgent, type RawAgent } from '../fidelity/raw-agent.ts';
import { fixtureOverStdio, type Gateway, overHttp, startOpenGateway } from './start-gateway.ts';

const kinds = ['legacy-stdio', 'modern-stdio', 'legacy', 'modern'] as const;
const rounds = [1, 2, 3, 4];

describe('two agents at one server that asks both at the same time', () => {
  let fixtures: FixtureHttpServer[];
  let gateway: Gateway;

  beforeAll(async () => {
    fixtures = [await startFixture('legacy'), await startFixture('modern')];
    const servers = {
      legacy: overHttp(fixtures[0]?.url ?? ''),
      modern: overHttp(fixtures[1]?.url ?? ''),
      'legacy-stdio': fixtureOverStdio('legacy'),
      'modern-stdio': fixtureOverStdio('modern'),
    };
    gateway = await startOpenGateway(servers, ['ada', 'bob']);
  });

  afterAll(async () => {
    await gateway?.stop();
    for (const fixture of fixtures) await fixture.close();
  });

  async function connect(name: string, kind: string, era: Era): Promise<[string, RawAgent]> {
    const agent = await connectRawAgent(gateway.scopedUrl(kind), era, gateway.tokenOf(name));
    agent.answers.set('elicitation/create', { action: 'accept', content: { username: name, email: `${name}@x` } });
    return [name, agent];
  }

  for (const kind of kinds) {
    for (const eras of [
      ['legacy', 'legacy'],
      ['modern', 'modern'],
      ['legacy', 'modern'],
    ] satisfies [Era, Era][]) {
      it(`${kind} server, ${eras.join(' and ')} agents: no question or answer reaches the other one (security)`, async () => {
        const agents = [await connect('ada', kind, eras[0]), await connect('bob', kind, eras[1])];
        const calls = agents.flatMap(([name, agent]) =>
          rounds.map(async (round) => {
            const message = `a question for ${name}, number ${round}`;
            const exchange = await agent.send('tools/call', { name: 'test_elicitation', arguments: { message } });
            return { name, message, exchange };
          }),
        );
        for (const { name, message, exchange } of await Promise.all(calls)) {
          const questions = exchange.asked.map((one) => (one.params as JsonObject).message);
          // A legacy stdio server cannot say which of one agent's calls a question belongs to; it is that agent's own.
          for (const question of questions) expect(question).toContain(`for ${name}`);
          if (kind !== 'legacy-stdio') expect(questions).toEqual([message]);
          expect(JSON.stringify(exchange.response.result)).toContain(`${name}@x`);
        }
      });
    }
  }
});
