import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { StoreWriter } from '../store/contract.ts';

/** Tells at a glance, also to scanners for secrets, what a found token opens. */
const prefix = 'sgm_';

interface Ports {
  store: Pick<StoreWriter, 'scrapeToken' | 'putScrapeToken'>;
  now(): number;
}

/** Who may fetch figures: one token, of which only the SHA-256 is kept. It opens nothing else, and nothing else opens this. */
export class ScrapeGate {
  readonly #ports: Ports;
  #token: { digest: Buffer; madeAt: number } | null;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#token = ports.store.scrapeToken();
  }

  get madeAt(): number | null {
    return this.#token?.madeAt ?? null;
  }

  /** A new token; the one before stops working at once. */
  renew(): string {
    const text = `${prefix}${randomBytes(32).toString('base64url')}`;
    const token = { digest: digestOf(text), madeAt: this.#ports.now() };
    this.#ports.store.putScrapeToken(token);
    this.#token = token;
    return text;
  }

  end(): void {
    this.#ports.store.putScrapeToken(null);
    this.#token = null;
  }

  /** Compared in constant time. */
  opensFor(token: string): boolean {
    return this.#token !== null && timingSafeEqual(this.#token.digest, digestOf(token));
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
