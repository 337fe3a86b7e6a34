import type { Exchange } from '../exchange.ts';

/** The same exchange under another signal. A leg's exchange may be an object of a class, so it is not spread. */
export function withSignal(exchange: Exchange, signal: AbortSignal): Exchange {
  const { era, agent, session, scope, id, method, params, receivedAt, patienceMs, caller } = exchange;
  return {
    ...{ era, agent, session, scope, id, method, params, receivedAt, patienceMs, signal },
    ...(caller === undefined ? {} : { caller }),
    notify: (name, body) => exchange.notify(name, body),
    canAsk: (name) => exchange.canAsk(name),
    ask: (name, body, ties) => exchange.ask(name, body, ties),
    rest: () => exchange.rest(),
    setWaiting: (isWaiting) => exchange.setWaiting(isWaiting),
  };
}

/** Aborts when one of the two does. */
export function eitherSignal(first: AbortSignal | undefined, second: AbortSignal): AbortSignal {
  if (first === undefined || second.aborted) return second;
  if (first.aborted) return first;
  const either = new AbortController();
  const abort = () => either.abort();
  first.addEventListener('abort', abort, { once: true });
  second.addEventListener('abort', abort, { once: true });
  return either.signal;
}
