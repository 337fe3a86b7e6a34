import { type KeyObject, randomUUID } from 'node:crypto';
import type { CredentialDraft, CredentialView, Placement, Transport } from '../shared/index.ts';
import type { Opened } from './arming.ts';
import type { BoundCredential } from './credential-arming.ts';
import { fits, placeOf, sealBinding, targetOf, whyInactive } from './credential-binding.ts';
import type { ReferenceReader } from './credential-references.ts';
import type { CredentialUses } from './credential-uses.ts';
import { describeCredential } from './credential-view.ts';
import { BridgeFault } from './faults.ts';
import type { BindingRecord, CredentialRecord, UseRecord, VaultReader, VaultWriter } from './store/vault-contract.ts';
import type { TokenProvider } from './vault/contract.ts';
import type { CredentialVault } from './vault/vault.ts';

export interface CredentialPorts {
  store: VaultReader & VaultWriter;
  vault: CredentialVault;
  references: ReferenceReader;
  uses: CredentialUses;
  /** For the marks of bindings. */
  key: KeyObject;
  now(): number;
  /** Null: there is no such server, or it was removed. */
  serverOf(id: string): { name: string; transport: Transport } | null;
  /** Null: no sign-ins here. */
  tokens(): TokenProvider | null;
  onChanged(id: string): void;
  onRemoved(id: string): void;
  /** What a link to this server carries is another thing now. */
  onServer(serverId: string): void;
}

type Source = CredentialDraft['source'];

const none: readonly BoundCredential[] = [];

/** Owner of all credentials and of where they go; their values are the vault's. */
export class CredentialBook {
  readonly #ports: CredentialPorts;
  readonly #credentials = new Map<string, CredentialRecord>();
  readonly #bindings = new Map<string, BindingRecord>();
  /** Whether a binding holds for a server as it is now: looked at once, not with each request. */
  readonly #looked = new WeakMap<BindingRecord, { transport: Transport | null; inactive: string | null }>();

  constructor(ports: CredentialPorts) {
    this.#ports = ports;
    for (const credential of ports.store.credentials()) {
      // removed ones can be restored until the engine ends; this is the next start
      if (credential.removedAt === null) this.#credentials.set(credential.id, credential);
      else this.#erase(credential);
    }
    for (const binding of ports.store.bindings()) this.#bindings.set(binding.id, binding);
  }

  records(): CredentialRecord[] {
    return this.#present();
  }

  all(): CredentialView[] {
    return this.#present().map((credential) => this.view(credential));
  }

  view(credential: CredentialRecord): CredentialView {
    const { uses } = this.#ports;
    const bound = [...this.#bindings.values()]
      .filter(({ credentialId }) => credentialId === credential.id)
      .map((binding) => this.#describe(binding, credential));
    const serverId = bound[0]?.binding.serverId ?? '';
    const signIn =
      credential.kind === 'oauth2' ? (this.#ports.tokens()?.describe(credential.id, serverId) ?? null) : null;
    return describeCredential(credential, bound, uses.of(credential.id), { why: this.#whyNot(credential), signIn });
  }

  get(id: string): CredentialRecord | undefined {
    const credential = this.#credentials.get(id);
    return credential?.removedAt === null ? credential : undefined;
  }

  /** Throws `BridgeFault` when there is none. */
  existing(id: string): CredentialRecord {
    const credential = this.get(id);
    if (credential !== undefined) return credential;
    throw new BridgeFault('not_found', 'This credential does not exist any more.', 'Go back to the list.');
  }

  /** Throws `BridgeFault` when the vault is locked. */
  async add(draft: CredentialDraft): Promise<CredentialRecord> {
    this.#requireFreeName(draft.name, null);
    const kept = await this.#keep(draft.source, null);
    const credential: CredentialRecord = {
      ...{ id: randomUUID(), name: draft.name, kind: draft.kind, version: 1 },
      ...kept,
      username: draft.kind === 'basic' ? draft.username : null,
      ...{ createdAt: this.#ports.now(), rotatedAt: null, removedAt: null },
    };
    this.#put(credential);
    return credential;
  }

  rename(id: string, name: string): void {
    this.#requireFreeName(name, id);
    this.#put({ ...this.existing(id), name });
  }

  async replace(id: string, source: Source): Promise<void> {
    const before = this.existing(id);
    if (before.kind === 'oauth2') throw new BridgeFault('conflict', 'A sign-in is renewed by signing in again.');
    const kept = await this.#keep(source, before.secretId);
    const now = this.existing(id);
    this.#put({ ...now, ...kept, version: now.version + 1, rotatedAt: this.#ports.now() });
    if (before.secretId !== null && kept.secretId === null) this.#ports.vault.remove(before.secretId);
    this.#tellServers(id);
  }

  remove(id: string): void {
    this.#put({ ...this.existing(id), removedAt: this.#ports.now() });
    this.#ports.onRemoved(id);
    this.#tellServers(id);
  }

  restore(id: string): void {
    const credential = this.#credentials.get(id);
    if (!credential) throw new BridgeFault('not_found', 'This credential was erased already.');
    this.#put({ ...credential, removedAt: null });
    this.#tellServers(id);
  }

  bind(id: string, serverId: string, agentId: string | null, placement: Placement): void {
    const credential = this.existing(id);
    const server = this.#server(serverId);
    if (!fits(placement, server.transport)) {
      const how = server.transport.kind === 'stdio' ? 'as a variable' : 'in a header or the address';
      throw new BridgeFault('conflict', `${server.name} takes credentials ${how}.`, 'Choose another place for it.');
    }
    const taken = this.#at(serverId, agentId, placement);
    if (taken !== undefined && taken.credentialId !== id) {
      const other = this.get(taken.credentialId);
      if (other !== undefined)
        throw new BridgeFault('conflict', `${other.name} is used in this place already.`, 'Take that one away first.');
    }
    const facts = { id: taken?.id ?? randomUUID(), credentialId: credential.id, serverId, agentId, placement };
    if (taken !== undefined && taken.credentialId !== id) this.#dropBinding(taken);
    this.#putBinding({ ...facts, boundTo: targetOf(server.transport) });
  }

  unbind(id: string, bindingId: string): void {
    const binding = this.#binding(id, bindingId);
    this.#dropBinding(binding);
    this.#ports.onChanged(id);
    this.#ports.onServer(binding.serverId);
  }

  /** `boundTo`: what the person saw; another address by now is refused. */
  confirm(id: string, bindingId: string, boundTo: string): void {
    const { mac: _mac, ...binding } = this.#binding(id, bindingId);
    const target = targetOf(this.#server(binding.serverId).transport);
    if (target !== boundTo) {
      throw new BridgeFault('stale', 'The server changed while you looked at it.', 'Look at its address again.');
    }
    this.#putBinding({ ...binding, boundTo });
  }

  /** The credential that stands for signing in at a server, bound to its address as it is now. */
  ensureSignIn(serverId: string): string {
    const server = this.#server(serverId);
    const placement: Placement = { in: 'header', name: 'Authorization', prefix: 'Bearer ' };
    const known = [...this.#bindings.values()].find(
      (binding) => binding.serverId === serverId && this.get(binding.credentialId)?.kind === 'oauth2',
    );
    if (known !== undefined) {
      if (known.boundTo !== targetOf(server.transport))
        this.confirm(known.credentialId, known.id, targetOf(server.transport));
      return known.credentialId;
    }
    const credential: CredentialRecord = {
      ...{ id: randomUUID(), name: this.freeName(`${server.name} sign-in`), kind: 'oauth2', source: { from: 'vault' } },
      ...{ secretId: null, username: null, version: 1 },
      ...{ createdAt: this.#ports.now(), rotatedAt: null, removedAt: null },
    };
    this.#put(credential);
    this.bind(credential.id, serverId, null, placement);
    return credential.id;
  }

  /** Something about it changed elsewhere: a sign-in was renewed or ended. */
  touched(id: string, isRenewed = false): void {
    const credential = this.get(id);
    if (credential === undefined) return;
    if (isRenewed) this.#put({ ...credential, rotatedAt: this.#ports.now() });
    else this.#ports.onChanged(id);
  }

  /** The vault was locked or unlocked, or a server changed. */
  allTouched(): void {
    for (const { id } of this.#present()) this.#ports.onChanged(id);
  }

  used(use: UseRecord): void {
    this.#ports.uses.add(use);
    this.#ports.onChanged(use.credentialId);
  }

  /** What a link carries; an agent's own binding goes before one for all at the same place. */
  bound(serverId: string, agentId: string | null): readonly BoundCredential[] {
    if (!this.hasBindings(serverId)) return none;
    const places = new Map<string, BoundCredential>();
    // the gateway reads what a server offers as everybody, else as the first agent that has something
    const isOwn = (binding: BindingRecord) => (binding.agentId === null) === (agentId === null);
    for (const binding of this.#bindings.values()) {
      const isFor = binding.agentId === null || agentId === null || binding.agentId === agentId;
      const credential = binding.serverId === serverId && isFor ? this.get(binding.credentialId) : undefined;
      if (credential === undefined) continue;
      const place = placeOf(binding.placement);
      const known = places.get(place);
      if (known === undefined || (isOwn(binding) && !isOwn(known.binding))) {
        places.set(place, this.#describe(binding, credential));
      }
    }
    return [...places.values()];
  }

  hasBindings(serverId: string): boolean {
    for (const binding of this.#bindings.values()) if (binding.serverId === serverId) return true;
    return false;
  }

  #describe(binding: BindingRecord, credential: CredentialRecord): BoundCredential {
    const transport = this.#ports.serverOf(binding.serverId)?.transport ?? null;
    const known = this.#looked.get(binding);
    if (known?.transport === transport) return { binding, credential, inactive: known.inactive };
    const inactive = whyInactive(binding, transport, this.#ports.key);
    this.#looked.set(binding, { transport, inactive });
    return { binding, credential, inactive };
  }

  /** Without reading anything: what the list shows. */
  #whyNot(credential: CredentialRecord) {
    if (credential.source.from === 'reference') return null;
    if (credential.secretId !== null) return this.#ports.vault.whyUnusable(credential.secretId);
    if (credential.kind !== 'oauth2') return null;
    return { state: 'needs_sign_in' as const, message: 'Nobody has signed in yet.', fix: 'Sign in under Servers.' };
  }

  /** Stores a value; or forgets the one there was, where a reference takes its place. */
  async #keep(source: Source, secretId: string | null): Promise<Pick<CredentialRecord, 'source' | 'secretId'>> {
    if (source.from === 'reference') {
      return { source: { from: 'reference', reference: source.reference }, secretId: null };
    }
    const kept: Opened<{ secretId: string }> = await this.#ports.vault.put(secretId, source.value);
    if (!kept.ok) throw new BridgeFault('unavailable', kept.why.message, kept.why.fix);
    return { source: { from: 'vault' }, secretId: kept.value.secretId };
  }

  #put(credential: CredentialRecord): void {
    this.#ports.store.putCredential(credential);
    this.#credentials.set(credential.id, credential);
    if (credential.removedAt === null) this.#ports.onChanged(credential.id);
  }

  #putBinding(facts: Omit<BindingRecord, 'mac'>): void {
    const binding = sealBinding(facts, this.#ports.key);
    this.#ports.store.putBinding(binding);
    this.#bindings.set(binding.id, binding);
    this.#ports.onChanged(binding.credentialId);
    this.#ports.onServer(binding.serverId);
  }

  #dropBinding(binding: BindingRecord): void {
    this.#ports.store.deleteBinding(binding.id);
    this.#bindings.delete(binding.id);
  }

  #erase(credential: CredentialRecord): void {
    this.#ports.store.deleteCredential(credential.id);
    if (credential.secretId !== null) this.#ports.vault.remove(credential.secretId);
    this.#ports.uses.drop(credential.id);
  }

  #tellServers(credentialId: string): void {
    for (const binding of this.#bindings.values()) {
      if (binding.credentialId === credentialId) this.#ports.onServer(binding.serverId);
    }
  }

  #present(): CredentialRecord[] {
    return [...this.#credentials.values()].filter(({ removedAt }) => removedAt === null);
  }

  #server(serverId: string) {
    const server = this.#ports.serverOf(serverId);
    if (server !== null) return server;
    throw new BridgeFault('not_found', 'This server does not exist any more.', 'Choose another server.');
  }

  #binding(id: string, bindingId: string): BindingRecord {
    const binding = this.#bindings.get(bindingId);
    if (binding !== undefined && binding.credentialId === this.existing(id).id) return binding;
    throw new BridgeFault('not_found', 'This binding does not exist any more.', 'Look at the credential again.');
  }

  #at(serverId: string, agentId: string | null, placement: Placement): BindingRecord | undefined {
    return [...this.#bindings.values()].find(
      (binding) =>
        binding.serverId === serverId &&
        binding.agentId === agentId &&
        placeOf(binding.placement) === placeOf(placement),
    );
  }

  #requireFreeName(name: string, ownId: string | null): void {
    const same = this.#present().find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (same !== undefined && same.id !== ownId)
      throw new BridgeFault('conflict', `There is already a credential named ${same.name}.`, 'Choose another name.');
  }

  /** The name itself, or with a number behind it. */
  freeName(name: string): string {
    const taken = new Set(this.#present().map((one) => one.name.toLowerCase()));
    for (let count = 1; ; count += 1) {
      const tried = count === 1 ? name : `${name} ${count}`;
      if (!taken.has(tried.toLowerCase())) return tried.slice(0, 60);
    }
  }
}
