import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Era } from '../../electron/engine/exchange.ts';
import type { JsonObject } from '../../electron/engine/wire/json-rpc.ts';
import { type Gateway, startOpenGateway } from '../conformance/start-gateway.ts';
import { type RawServer, startRawServer } from '../fakes/fixture-raw-server.ts';
import { type RawStdioServer, startRawStdioServer } from '../fakes/fixture-raw-stdio.ts';
import { oddDefinitions, setOddDefinitions } from './odd-definitions.ts';
import { probes } from './probes.ts';
import { connectRawAgent, type RawAgent } from './raw-agent.ts';
import { canonicalJson, runProbe } from './run-probe.ts';

for (const era of ['legacy', 'modern'] satisfies Era[]) {
  describe(`${era} agent, ${era} server over stdio: what passes through the gateway`, () => {
    let reference: RawServer;
    let server: RawStdioServer;
    let gateway: Gateway;
    let direct: RawAgent;
    let through: RawAgent;

    beforeAll(async () => {
      reference = await startRawServer(era);
      server = await startRawStdioServer(era);
      for (const raw of [reference, server]) setOddDefinitions(raw, era);
      gateway = await startOpenGateway({ raw: server.transport }, ['agent']);
      direct = await connectRawAgent(reference.url, era);
      through = await connectRawAgent(gateway.scopedUrl('raw'), era, gateway.tokenOf('agent'));
    });

    afterAll(async () => {
      await gateway?.stop();
      await server?.close();
      await reference?.close();
    });

    for (const probe of probes.filter((one) => (one.era ?? era) === era)) {
      it(`equals what a client of the same server over HTTP gets: ${probe.name}`, async () => {
        const expected = await runProbe(reference, era, direct, probe);
        const actual = await runProbe(server, era, through, probe);
        expect(actual).toEqual(expected);
      });
    }

    it.each(Object.entries(oddDefinitions))('equals it in every definition of %s', async (method, { member }) => {
      const expected = (await direct.send(method, {})).response.result as JsonObject;
      const actual = (await through.send(method, {})).response.result as JsonObject;
      expect(canonicalJson(actual[member] ?? null)).toBe(canonicalJson(expected[member] ?? null));
    });

    it('keeps the spelling of numbers in results that JavaScript cannot hold', async () => {
      const type = era === 'modern' ? '"resultType":"complete",' : '';
      const numbers = '"x":[9007199254740993,1.0,1E2,-0,1e400]';
      server.answers.set('tools/call', { resultText: `{"content":[],${type}${numbers}}` });
      const { responseText } = await through.send('tools/call', { name: 'probe', arguments: {} });
      server.answers.delete('tools/call');
      expect(responseText).toContain(numbers);
    });
  });
}
