import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Era } from '../../electron/engine/exchange.ts';
import type { JsonObject, JsonValue } from '../../electron/engine/wire/json-rpc.ts';
import { type Gateway, overHttp, startOpenGateway } from '../conformance/start-gateway.ts';
import { type RawServer, startRawServer } from '../fakes/fixture-raw-server.ts';
import { setOddDefinitions } from './odd-definitions.ts';
import { probes, sameEraProbes } from './probes.ts';
import { connectRawAgent, type RawAgent } from './raw-agent.ts';
import { runProbe } from './run-probe.ts';

/** What only one era has: the translation adds and removes exactly these. */
const eraMembers = new Set(['resultType', 'ttlMs', 'cacheScope', 'requestState', 'key']);
const eraMeta = /^io\.modelcontextprotocol\//;

/** The message without the members of one era; a `_meta` that held nothing else is gone with them. */
function withoutEra(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]): [string, JsonValue][] => {
      if (eraMembers.has(key)) return [];
      if (key === 'result' || key === 'params') return [[key, withoutEra((member ?? {}) as JsonObject)]];
      if (key !== '_meta') return [[key, member]];
      const kept = Object.entries(member as JsonObject).filter(([name]) => !eraMeta.test(name));
      return kept.length === 0 ? [] : [[key, Object.fromEntries(kept)]];
    }),
  );
}

for (const [agentEra, serverEra] of [
  ['legacy', 'modern'],
  ['modern', 'legacy'],
] satisfies [Era, Era][]) {
  describe(`${agentEra} agent, ${serverEra} server: what the translation keeps`, () => {
    let server: RawServer;
    let gateway: Gateway;
    let direct: RawAgent;
    let through: RawAgent;

    beforeAll(async () => {
      server = await startRawServer(serverEra);
      setOddDefinitions(server, serverEra);
      gateway = await startOpenGateway({ raw: overHttp(server.url) }, ['agent']);
      direct = await connectRawAgent(server.url, serverEra);
      through = await connectRawAgent(gateway.scopedUrl('raw'), agentEra, gateway.tokenOf('agent'));
    });

    afterAll(async () => {
      await gateway?.stop();
      await server?.close();
    });

    for (const probe of probes.filter((one) => one.era === undefined && !sameEraProbes.includes(one))) {
      it(`equals direct but for the era's own members: ${probe.name}`, async () => {
        const expected = await runProbe(server, serverEra, direct, probe, withoutEra);
        const actual = await runProbe(server, serverEra, through, probe, withoutEra);
        expect(actual).toEqual(expected);
      });
    }
  });
}
