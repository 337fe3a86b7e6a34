import { createHash } from 'node:crypto';
import type { Transport } from '../../shared/index.ts';
import type { Era } from '../exchange.ts';
import type { UpstreamPorts } from './contract.ts';

/** What is known of one server's era: a verdict holds for its very configuration, a day, and until something speaks against it. */
export interface EraMemory {
  /** Null: probe. */
  known(): Era | null;
  /** A probe has just shown it. */
  proven(era: Era): void;
  doubt(): void;
  /** Another configuration is another server. */
  configured(transport: Transport): void;
}

const maxAgeMs = 24 * 60 * 60_000;

export function createEraMemory(serverId: string, transport: Transport, ports: UpstreamPorts): EraMemory {
  let hash = hashTransport(transport);
  let verdict: Era | null = null;
  let since: number | null = null;
  let isDoubtful = false;
  return {
    known() {
      if (isDoubtful) return null;
      since ??= ports.clock.now();
      if (ports.clock.now() - since > maxAgeMs) return null;
      verdict ??= ports.eras.get(serverId, hash);
      return verdict;
    },
    proven(era) {
      since = ports.clock.now();
      verdict = era;
      isDoubtful = false;
      ports.eras.set(serverId, hash, era);
    },
    doubt() {
      isDoubtful = true;
    },
    configured(next) {
      hash = hashTransport(next);
      since = null;
      verdict = null;
      isDoubtful = false;
    },
  };
}

function hashTransport(transport: Transport): string {
  return createHash('sha256').update(JSON.stringify(transport)).digest('hex');
}
