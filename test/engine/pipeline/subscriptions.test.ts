import { describe, expect, it, vi } from 'vitest';
import type { Exchange, SessionInfo } from '../../../electron/engine/exchange.ts';
import { Subscriptions } from '../../../electron/engine/pipeline/subscriptions.ts';
import type { UpstreamLink } from '../../../electron/engine/upstream/link.ts';

function session(id: string | null): SessionInfo {
  return { id, protocolVersion: 'x', clientInfo: null, clientCapabilities: {} };
}

function exchange(of: SessionInfo, uri: string, scope: string | null = null): Exchange {
  return {
    ...{ era: of.id === null ? 'modern' : 'legacy', agent: { id: 'one', name: 'One' }, session: of, scope, id: 1 },
    ...{ method: 'resources/subscribe', params: { uri }, signal: new AbortController().signal },
    ...{ receivedAt: 0, patienceMs: 0, notify: () => {}, canAsk: () => false, rest: () => {}, setWaiting: () => {} },
    ask: async () => ({ kind: 'unsupported' }),
  };
}

function makeRoom() {
  const sent: string[] = [];
  const told: unknown[] = [];
  const request = vi.fn(async (method: string, params: { uri?: string }) => {
    sent.push(`${method} ${params.uri}`);
    return {};
  });
  const link = { era: 'legacy', request } as unknown as UpstreamLink;
  let held = 0;
  const subscriptions = new Subscriptions({
    hold: () => {
      held += 1;
      return () => {
        held -= 1;
      };
    },
    shown: (_agent, _server, uri) => uri,
    mayHear: () => true,
    notify: (...notice) => told.push(notice),
  });
  return { sent, told, link, subscriptions, held: () => held };
}

describe('subscriptions', () => {
  it('of two streams for one address end with the last of them', async () => {
    const { subscriptions, link, sent, told, held } = makeRoom();
    const first = exchange(session(null), 'x:a');
    const second = exchange(session(null), 'x:a');
    await subscriptions.add(first, 's', 'x:a', link);
    await subscriptions.add(first, 's', 'x:a', link);
    await subscriptions.add(second, 's', 'x:a', link);
    subscriptions.updated('s', null, { uri: 'x:a' });
    expect(told).toEqual([['one', 'notifications/resources/updated', { uri: 'x:a' }, undefined, ['s']]]);
    await subscriptions.remove(first, 'x:a');
    expect(sent).toEqual(['resources/subscribe x:a']);
    await subscriptions.remove(second, 'x:a');
    expect(sent).toEqual(['resources/subscribe x:a', 'resources/unsubscribe x:a']);
    expect(held()).toBe(0);
  });

  it('are removed by the address the agent knows, on the path it asked on', async () => {
    const { subscriptions, link, sent, held } = makeRoom();
    const own = session('1');
    await subscriptions.add(exchange(own, 'sg-s+x:a'), 's', 'x:a', link);
    await subscriptions.remove(exchange(own, 'x:a'), 'x:a');
    await subscriptions.remove(exchange(own, 'sg-s+x:a', 's'), 'sg-s+x:a');
    await subscriptions.remove(exchange(session('2'), 'sg-s+x:a'), 'sg-s+x:a');
    expect(held()).toBe(1);
    await subscriptions.remove(exchange(own, 'sg-s+x:a'), 'sg-s+x:a');
    expect(sent.at(-1)).toBe('resources/unsubscribe x:a');
  });

  it('end with their session, their agent and their server (security)', async () => {
    const { subscriptions, link, sent, held } = makeRoom();
    const stream = session(null);
    await subscriptions.add(exchange(stream, 'x:a'), 's', 'x:a', link);
    await subscriptions.add(exchange(session('1'), 'x:b'), 's', 'x:b', link);
    await subscriptions.add(exchange(session('2'), 'x:c'), 's', 'x:c', link);
    await subscriptions.end('one', stream);
    expect(sent.at(-1)).toBe('resources/unsubscribe x:a');
    expect(held()).toBe(2);
    await subscriptions.end('two', null);
    expect(held()).toBe(2);
    subscriptions.endServer('s');
    expect(held()).toBe(0);
    expect(sent).toHaveLength(4);
    await subscriptions.add(exchange(session('1'), 'x:b'), 's', 'x:b', link);
    await subscriptions.end('one', null);
    expect(held()).toBe(0);
    expect(sent.at(-1)).toBe('resources/unsubscribe x:b');
  });
});
