import type { Exchange } from '../exchange.ts';
import type { Clock } from '../ports.ts';
import type { StoreReader, StoreWriter } from '../store/contract.ts';
import type { JsonValue } from '../wire/json-rpc.ts';

interface Ports {
  store: Pick<StoreReader, 'clientWait'> & Pick<StoreWriter, 'putClientWait'>;
  clock: Clock;
  /** What every client is believed to wait, milliseconds. */
  baseMs: number;
}

/** No client is kept waiting for a person longer than this. */
const maxWaitMs = 8 * 60_000;
const maxKeyLength = 300;

/**
 * How long each client waits for a reply, learnt from what it did: a reply it took after so long shows that it waits that
 * long; one it gave up on shows that it does not. With and without a progress token are two clients, because progress
 * may reset a client's timeout.
 */
export class ClientPatience {
  readonly #ports: Ports;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** How long this client may be kept waiting before it is told to call again, milliseconds. */
  giveUpMs(exchange: Exchange): number {
    const { baseMs, store } = this.#ports;
    const seen = store.clientWait(keyOf(exchange)) ?? 0;
    return Math.max(baseMs, Math.min(seen, maxWaitMs));
  }

  /** Takes note of one request that is over. `isAnswered`: the client was still there to take the reply. */
  learn(exchange: Exchange, waitedMs: number, isAnswered: boolean): void {
    const { store, clock, baseMs } = this.#ports;
    if (waitedMs <= baseMs && isAnswered) return;
    const key = keyOf(exchange);
    const seen = store.clientWait(key);
    if (isAnswered && waitedMs > (seen ?? 0)) store.putClientWait(key, Math.min(waitedMs, maxWaitMs), clock.now());
    // it left earlier than it is believed to: from here on it is one of those that are not known to wait
    else if (!isAnswered && seen !== null && waitedMs < seen) store.putClientWait(key, 0, clock.now());
  }
}

function keyOf({ agent, session, params }: Exchange): string {
  const client = session?.clientInfo ? `${session.clientInfo.name}/${session.clientInfo.version}` : '';
  return JSON.stringify([hasProgressToken(params._meta), agent.id, client]).slice(0, maxKeyLength);
}

function hasProgressToken(meta: JsonValue | undefined): boolean {
  if (typeof meta !== 'object' || meta === null || Array.isArray(meta)) return false;
  return typeof meta.progressToken === 'string' || typeof meta.progressToken === 'number';
}
