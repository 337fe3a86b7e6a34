import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { BridgeParams, Placement } from '../../electron/shared/index.ts';
import { startFakeHttpServer } from '../fakes/http-server.ts';
import { declareAgent, type Harness, startEngine, tokens } from '../helpers/engine.ts';
import { patient } from '../helpers/gateway.ts';
import { makeMachineKeys } from '../helpers/master-keys.ts';

const authorization: Placement = { in: 'header', name: 'Authorization', prefix: 'Bearer ' };

async function addBound(
  engine: Harness,
  name: string,
  use: Omit<BridgeParams<'credentials.bind'>, 'id'>,
): Promise<string> {
  const source = { from: 'vault', value: `value of ${name}, made up` } as const;
  const { id } = await engine.call('credentials.add', { kind: 'bearer', name, source });
  await engine.call('credentials.bind', { id, ...use });
  return id;
}

describe('the credentials of a call', () => {
  it('stand on the card of a waiting call by name, as they are bound at that moment (security)', async () => {
    const server = await startFakeHttpServer();
    const asked = [
      declareAgent('one', tokens.one, { defaultEffect: 'ask' }),
      declareAgent('two', tokens.two, { defaultEffect: 'allow' }),
    ];
    const transport = { kind: 'http' as const, url: server.url, headers: {} };
    const engine = await startEngine({
      servers: [{ id: 'remote', transport, trusted: false }],
      agents: asked,
      ports: { masterKeys: makeMachineKeys() },
    });
    onTestFinished(() => engine.stop());
    const { agents: known } = await engine.call('snapshot', {});
    const idOf = (name: string) => known.find((agent) => agent.name === name)?.id ?? '';
    const use = { serverId: 'remote', agentId: null, placement: authorization };
    const shared = await addBound(engine, 'shared', use);
    await addBound(engine, 'of two', { ...use, agentId: idOf('two') });
    const client = await engine.connect(tokens.one);
    const answer = client.callTool({ name: 'remote__echo', arguments: {} });
    const shown = async () => (await engine.call('snapshot', {})).approvals.map((card) => card.credentialNames);
    await vi.waitFor(async () => expect(await shown()).toEqual([['shared']]), patient);

    const told = () =>
      engine.events.flatMap(({ body }) => (body.type === 'approval.changed' ? [body.approval.credentialNames] : []));
    await engine.call('credentials.rename', { id: shared, name: 'renamed' });
    await vi.waitFor(() => expect(told().at(-1)).toEqual(['renamed']), patient);
    await addBound(engine, 'own', { ...use, agentId: idOf('one') });
    await vi.waitFor(() => expect(told().at(-1)).toEqual(['own']), patient);

    const [card] = (await engine.call('snapshot', {})).approvals;
    if (card === undefined) throw new Error('nothing waits');
    const deny = {
      verdict: 'deny',
      denyReason: null,
      denyNote: null,
      input: 'pointer',
      shownAt: 1,
      armedAt: null,
    } as const;
    await engine.call('approvals.decide', { id: card.id, digest: card.digest, ...deny });
    expect((await answer).isError).toBe(true);
  });
});
