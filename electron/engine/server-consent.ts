import { createHash, createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { isPlainElsewhere, type Sandbox, type ServerFault, type Transport } from '../shared/index.ts';
import { BridgeFault } from './faults.ts';
import type { StoreWriter } from './store/contract.ts';
import type { LaunchGate } from './upstream/launch-gate.ts';

/**
 * What a person accepted to run for each server. The seal is keyed with the engine's own key and covers the whole
 * transport and the sandbox: a row of the database that somebody else changed starts nothing, and a sandbox that was
 * taken out of it is a change too. What a configuration file declares counts as accepted, exactly as declared.
 */
export class ServerConsents implements LaunchGate {
  readonly #store: StoreWriter;
  readonly #key: KeyObject;
  readonly #now: () => number;
  readonly #declared = new Map<string, string>();
  readonly #since: number;

  constructor(store: StoreWriter, key: KeyObject, now: () => number) {
    this.#store = store;
    this.#key = key;
    this.#now = now;
    this.#since = now();
  }

  declare(serverId: string, transport: Transport): void {
    this.#declared.set(serverId, launchHash(transport));
  }

  /** A person added this, or confirmed the change to it; the sandbox stays as it is. */
  accept(serverId: string, transport: Transport): void {
    this.#seal(serverId, transport, this.sandboxOf(serverId));
  }

  setSandbox(serverId: string, transport: Transport, sandbox: Sandbox | null): void {
    this.#seal(serverId, transport, sandbox);
  }

  sandboxOf(serverId: string): Sandbox | null {
    return this.#declared.has(serverId) ? null : (this.#store.serverLaunch(serverId)?.sandbox ?? null);
  }

  isAccepted(serverId: string, transport: Transport): boolean {
    const declared = this.#declared.get(serverId);
    if (declared !== undefined) return declared === launchHash(transport);
    const row = this.#store.serverLaunch(serverId);
    if (row === null) return false;
    return isSame(row.seal, this.#sealOf(serverId, transport, row.sandbox));
  }

  refusalOf(serverId: string, transport: Transport): { message: string; fix: string } | null {
    return this.isAccepted(serverId, transport) ? null : notAccepted;
  }

  /** For the list of servers: told before anything tries to start it. */
  faultOf(serverId: string, transport: Transport): ServerFault | null {
    const refusal = this.refusalOf(serverId, transport);
    return refusal && { code: 'consent', ...refusal, detail: '', at: this.#since };
  }

  #seal(serverId: string, transport: Transport, sandbox: Sandbox | null): void {
    const seal = this.#sealOf(serverId, transport, sandbox);
    this.#store.putServerLaunch({ serverId, sandbox, seal, acceptedAt: this.#now() });
  }

  #sealOf(serverId: string, transport: Transport, sandbox: Sandbox | null): string {
    const confined = sandbox && [sandbox.network, sandbox.read, sandbox.write];
    const text = JSON.stringify([serverId, launchMembers(transport), confined]);
    return createHmac('sha256', this.#key).update(text).digest('hex');
  }
}

const notAccepted = {
  message: 'Nobody has accepted what this server runs as it is stored now, so it was not started.',
  fix: 'Look at the command under Connection and accept it, or remove the server.',
};

/** SHA-256, hex, over every part of a transport, whatever the order of its variables or headers. */
export function launchHash(transport: Transport): string {
  return createHash('sha256')
    .update(JSON.stringify(launchMembers(transport)))
    .digest('hex');
}

/** Another transport needs the hash of what a person was shown. Throws `BridgeFault` when it is missing or another. */
export function checkConsent(
  before: { transport: Transport },
  changes: { transport?: Transport | undefined; consent?: string | undefined },
): void {
  if (changes.transport === undefined) return;
  const hash = launchHash(changes.transport);
  if (hash === launchHash(before.transport) || changes.consent === hash) return;
  throw new BridgeFault(
    'stale',
    'This change starts something that was not confirmed, so nothing was saved.',
    'Look at what will run and confirm it.',
  );
}

/** An address elsewhere without encryption is added only by who was told so. Throws `BridgeFault`. */
export function checkPlainAddress(transport: Transport, consent: string | undefined): void {
  if (!isPlainElsewhere(transport) || consent === launchHash(transport)) return;
  throw new BridgeFault(
    'stale',
    'This address is not encrypted, so whoever is between could read and change everything. Nothing was added.',
    'Use https, or confirm that you want it all the same.',
  );
}

function launchMembers(transport: Transport): unknown[] {
  const pairs = (record: Readonly<Record<string, string>>) =>
    Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  if (transport.kind === 'http') return ['http', transport.url, pairs(transport.headers)];
  return ['stdio', transport.command, transport.args, transport.cwd, pairs(transport.env)];
}

function isSame(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
