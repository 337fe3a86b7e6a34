import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { describeProgram, type Placement, type Transport } from '../shared/index.ts';
import type { BindingRecord } from './store/vault-contract.ts';

type Unsealed = Omit<BindingRecord, 'mac'>;

/** The one place a secret may go to: an origin, or a program with what it is started with. */
export function targetOf(transport: Transport): string {
  return transport.kind === 'http' ? new URL(transport.url).origin : describeProgram(transport);
}

/** Headers and query parameters go with requests, variables with programs. */
export function fits(placement: Placement, transport: Transport): boolean {
  return (placement.in === 'env') === (transport.kind === 'stdio');
}

/** Two bindings for one place cannot both be used. */
export function placeOf(placement: Placement): string {
  return `${placement.in}:${placement.in === 'header' ? placement.name.toLowerCase() : placement.name}`;
}

export function sealBinding(binding: Unsealed, key: KeyObject): BindingRecord {
  return { ...binding, mac: macOf(binding, key) };
}

/** Why a binding is not used, in one sentence; null: it is. */
export function whyInactive(binding: BindingRecord, transport: Transport | null, key: KeyObject): string | null {
  if (!timingSafeEqual(macOf(binding, key), padded(binding.mac))) {
    return 'This binding was altered outside ScopeGate. Confirm it, or take it away.';
  }
  if (transport === null) return 'The server does not exist any more.';
  const target = targetOf(transport);
  if (target !== binding.boundTo) {
    return transport.kind === 'http'
      ? `The address of the server changed from ${binding.boundTo} to ${target}. Confirm that it may have this credential.`
      : 'The program of the server, or what it is started with, changed. Confirm that it may have this credential.';
  }
  return fits(binding.placement, transport)
    ? null
    : 'A credential of this form cannot be used with this kind of server.';
}

function macOf({ id, credentialId, serverId, agentId, placement, boundTo }: Unsealed, key: KeyObject): Buffer {
  const { in: kind, name } = placement;
  const prefix = placement.in === 'header' ? placement.prefix : '';
  const facts = [id, credentialId, serverId, agentId, kind, name, prefix, boundTo];
  return createHmac('sha256', key).update(JSON.stringify(facts)).digest();
}

function padded(mac: Buffer): Buffer {
  return mac.length === 32 ? mac : Buffer.alloc(32);
}
