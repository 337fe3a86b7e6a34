import type { Exchange } from '../../electron/engine/exchange.ts';

/** What an exchange is where only its agent and its signal matter: a legacy one whose client can be asked nothing. */
export function makeExchange(own: Partial<Exchange> = {}): Exchange {
  return {
    era: 'legacy',
    agent: { id: 'a', name: 'Agent' },
    session: null,
    scope: null,
    id: 1,
    method: 'tools/call',
    params: {},
    signal: new AbortController().signal,
    receivedAt: 0,
    patienceMs: 50_000,
    notify: () => {},
    canAsk: () => false,
    ask: async () => ({ kind: 'unsupported' }),
    rest: () => {},
    setWaiting: () => {},
    ...own,
  };
}
