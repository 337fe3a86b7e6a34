import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../../electron/engine/exchange.ts';
import { ClientPatience } from '../../../electron/engine/pipeline/client-patience.ts';
import { makeExchange } from '../../helpers/exchange.ts';
import { makeStore } from '../store/samples.ts';

const clock = { now: () => 1_000 };

function exchange(own: { agent?: string; client?: string; progress?: boolean } = {}): Exchange {
  const { agent = 'a', client = 'claude-code', progress = false } = own;
  return makeExchange({
    agent: { id: agent, name: agent },
    session: {
      id: 's',
      protocolVersion: '2025-11-25',
      clientInfo: { name: client, version: '1' },
      clientCapabilities: {},
    },
    params: progress ? { _meta: { progressToken: 1 } } : {},
  });
}

const makePatience = (store = makeStore()) => new ClientPatience({ store, clock, baseMs: 50_000 });

describe('how long a client is kept waiting', () => {
  it('is 50 s until it has been seen to wait longer, and that long from then on, also after a restart', () => {
    const store = makeStore();
    const patience = makePatience(store);
    expect(patience.giveUpMs(exchange())).toBe(50_000);
    patience.learn(exchange(), 20_000, true);
    expect(patience.giveUpMs(exchange())).toBe(50_000);
    patience.learn(exchange(), 130_000, true);
    patience.learn(exchange(), 90_000, true);
    expect(makePatience(store).giveUpMs(exchange())).toBe(130_000);
  });

  it('is never more than 8 minutes', () => {
    const patience = makePatience();
    patience.learn(exchange(), 3_600_000, true);
    expect(patience.giveUpMs(exchange())).toBe(480_000);
  });

  it('goes back to 50 s when it gives up earlier than it did before', () => {
    const patience = makePatience();
    patience.learn(exchange(), 130_000, true);
    patience.learn(exchange(), 60_000, false);
    expect(patience.giveUpMs(exchange())).toBe(50_000);
  });

  it('is its own for each agent, each client, and with progress reported or not', () => {
    const patience = makePatience();
    patience.learn(exchange({ progress: true }), 130_000, true);
    expect(patience.giveUpMs(exchange({ progress: true }))).toBe(130_000);
    for (const other of [
      exchange(),
      exchange({ agent: 'b', progress: true }),
      exchange({ client: 'x', progress: true }),
    ])
      expect(patience.giveUpMs(other)).toBe(50_000);
  });
});
