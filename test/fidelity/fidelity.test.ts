import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Era } from '../../electron/engine/exchange.ts';
import type { JsonObject } from '../../electron/engine/wire/json-rpc.ts';
import { type Gateway, overHttp, startOpenGateway } from '../conformance/start-gateway.ts';
import { type RawServer, startRawServer } from '../fakes/fixture-raw-server.ts';
import { oddDefinitions, setOddDefinitions } from './odd-definitions.ts';
import { probes } from './probes.ts';
import { connectRawAgent, type RawAgent } from './raw-agent.ts';
import { canonicalJson, runProbe } from './run-probe.ts';

/** Members of a list result that belong to the hop, not to the server: the gateway answers lists from what it learned. */
const ownListMembers = ['nextCursor', 'ttlMs', 'cacheScope', '_meta'];

for (const era of ['legacy', 'modern'] satisfies Era[]) {
  describe(`${era} agent, ${era} server: what passes through the gateway`, () => {
    let server: RawServer;
    let gateway: Gateway;
    let direct: RawAgent;
    let through: RawAgent;

    beforeAll(async () => {
      server = await startRawServer(era);
      setOddDefinitions(server, era);
      gateway = await startOpenGateway({ raw: overHttp(server.url) }, ['agent']);
      direct = await connectRawAgent(server.url, era);
      through = await connectRawAgent(gateway.scopedUrl('raw'), era, gateway.tokenOf('agent'));
    });

    afterAll(async () => {
      await gateway?.stop();
      await server?.close();
    });

    for (const probe of probes.filter((one) => (one.era ?? era) === era)) {
      it(`equals direct: ${probe.name}`, async () => {
        const expected = await runProbe(server, era, direct, probe);
        const actual = await runProbe(server, era, through, probe);
        expect(actual).toEqual(expected);
      });
    }

    for (const [method, { member }] of Object.entries(oddDefinitions)) {
      it(`equals direct: every definition of ${method}`, async () => {
        const expected = (await direct.send(method, {})).response.result as JsonObject;
        const actual = (await through.send(method, {})).response.result as JsonObject;
        expect(canonicalJson(actual[member] ?? null)).toBe(canonicalJson(expected[member] ?? null));
        const withoutOwn = (result: JsonObject) =>
          canonicalJson(Object.fromEntries(Object.entries(result).filter(([key]) => !ownListMembers.includes(key))));
        expect(withoutOwn(actual)).toBe(withoutOwn(expected));
      });
    }

    it('equals direct: what the server says it can do', () => {
      expect(canonicalJson(through.hello.capabilities ?? null)).toBe(canonicalJson(direct.hello.capabilities ?? null));
      expect(through.hello.instructions).toBe(direct.hello.instructions);
    });

    it('keeps the spelling of numbers in results that JavaScript cannot hold', async () => {
      const type = era === 'modern' ? '"resultType":"complete",' : '';
      const numbers = '"x":[9007199254740993,1.0,1E2,-0,1e400]';
      server.answers.set('tools/call', { resultText: `{"content":[],${type}${numbers}}` });
      const { responseText } = await through.send('tools/call', { name: 'probe', arguments: {} });
      server.answers.delete('tools/call');
      expect(responseText).toContain(numbers);
    });

    it('carries a vendor notification of the agent to the server', async () => {
      server.answers.set('tools/call', { result: { content: [] } });
      await through.send('tools/call', { name: 'probe', arguments: {} });
      await through.notify('notifications/com.example/hello', { strings: ['', '\u2028'], 'x-vendor': { a: null } });
      await expect
        .poll(() => server.seen.find((one) => one.message.method === 'notifications/com.example/hello')?.message.params)
        .toMatchObject({ strings: ['', '\u2028'], 'x-vendor': { a: null } });
    });
  });
}
