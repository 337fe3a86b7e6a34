import { randomUUID } from 'node:crypto';
import type { VaultAnswer, VaultStatus } from '../../shared/index.ts';
import type { Opened, Unusable } from '../arming.ts';
import type { VaultRecord } from '../store/vault-contract.ts';
import { createAutoLock } from './auto-lock.ts';
import { createBackOff } from './back-off.ts';
import type { SecretHandle, Vault } from './contract.ts';
import { type MasterKey, openSecret, rewrapAll, sealSecret } from './envelope.ts';
import { makeVault } from './make-vault.ts';
import {
  type KeyOpening,
  type KeySealer,
  openByPassphrase,
  openByStore,
  sealByPassphrase,
  sealByStore,
} from './master-key.ts';
import { keyLength, SealBroken } from './seal.ts';
import { tellGuard } from './secret-words.ts';
import type { VaultPorts } from './vault-ports.ts';
import { vaultWords } from './vault-words.ts';

const noSettings = { autoLockMinutes: null, lockWithScreen: false };

/** Owner of the master key while it is unlocked. The format is `docs/vault-format.md`. */
export class CredentialVault implements Vault {
  readonly #ports: VaultPorts;
  readonly #backOff: ReturnType<typeof createBackOff>;
  readonly #autoLock: ReturnType<typeof createAutoLock>;
  #record: VaultRecord | null;
  #master: MasterKey | null = null;
  #sealer: KeySealer | null = null;
  #problem: VaultStatus['problem'] = null;
  #wanted: VaultStatus['wanted'] = null;
  #secretCount: number;
  /** Changes of the key run one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(ports: VaultPorts) {
    this.#ports = ports;
    this.#record = ports.store.vault();
    this.#backOff = createBackOff(ports.now);
    this.#secretCount = this.#countSecrets();
    this.#autoLock = createAutoLock(
      ports,
      () => this.#record ?? noSettings,
      () => this.lock(),
      () => this.#ports.onChanged(),
    );
  }

  status(): VaultStatus {
    const { keys, screen } = this.#ports;
    const record = this.#record;
    return {
      state: this.#state(),
      protection: record?.protection ?? null,
      osStore: keys !== null && keys.weak === null ? keys.store : null,
      weak: keys === null ? vaultWords.noStore : keys.weak,
      problem: this.#problem,
      secrets: this.#secretCount,
      autoLockMinutes: record?.autoLockMinutes ?? null,
      locksAt: this.isUnlocked() ? this.#autoLock.locksAt() : null,
      lockWithScreen: record?.lockWithScreen ?? false,
      knowsScreen: screen !== null,
      retryAt: this.#backOff.retryAt(),
      wanted: this.#wanted,
      createdAt: record?.createdAt ?? null,
      keyRotatedAt: record?.keyRotatedAt ?? null,
    };
  }

  isUnlocked(): boolean {
    return this.#master !== null;
  }

  /** At the start of the engine: opens by itself what the system's store, or a passphrase from a file, opens. */
  async start(passphrase: string | null): Promise<void> {
    const record = this.#record;
    if (record === null) {
      if (passphrase !== null) await this.create(passphrase);
      return;
    }
    if (record.protection === 'passphrase' && passphrase === null) return;
    const answer = await this.unlock(record.protection === 'passphrase' ? passphrase : null);
    if (!answer.ok) this.#ports.log.warn('the vault could not be opened at the start', { reason: answer.message });
  }

  create(passphrase: string | null): Promise<VaultAnswer> {
    return this.#inTurn(async () => {
      if (this.#record !== null) return refuse('There is a vault already.');
      return this.#begin(passphrase);
    });
  }

  /** The old rows stay, under their own vault's id. */
  startOver(passphrase: string | null): Promise<VaultAnswer> {
    return this.#inTurn(async () => {
      if (this.isUnlocked()) return refuse('This vault is open; there is nothing to start over.');
      return this.#begin(passphrase);
    });
  }

  unlock(passphrase: string | null): Promise<VaultAnswer> {
    return this.#inTurn(async () => {
      const record = this.#record;
      if (record === null) return refuse('There is no vault yet.');
      if (this.isUnlocked()) return done;
      const opening = await this.#tryOpen(record, passphrase);
      if ('ok' in opening) return opening;
      if (opening.kind !== 'opened') return this.#tellFailure(opening);
      this.#adopt(record, opening.master, opening.sealer);
      if (opening.renew) await this.#sealAnew(record, opening.sealer);
      return done;
    });
  }

  lock(): void {
    if (this.#master === null) return;
    this.#master.bytes.fill(0);
    this.#master = null;
    this.#sealer?.drop();
    this.#sealer = null;
    this.#autoLock.stop();
    this.#ports.onLocked();
    this.#ports.onChanged();
  }

  setPassphrase(current: string | null, passphrase: string): Promise<VaultAnswer> {
    return this.#inTurn(() =>
      this.#changeSealer(current, () => sealByPassphrase(passphrase, this.#ports.random, this.#ports.costLog2)),
    );
  }

  removePassphrase(current: string): Promise<VaultAnswer> {
    return this.#inTurn(async () => {
      const { keys } = this.#ports;
      if (keys === null || keys.weak !== null) return refuse(keys?.weak ?? vaultWords.noStore);
      return this.#changeSealer(current, async () => sealByStore(keys));
    });
  }

  /** Null while the vault is open and needs no passphrase, or with the right one: what is asked for may go on. */
  checkPerson(current: string | null): Promise<VaultAnswer | null> {
    return this.#inTurn(() => this.#checkPerson(current));
  }

  async #checkPerson(current: string | null): Promise<VaultAnswer | null> {
    const record = this.#record;
    if (record === null || !this.isUnlocked()) return refuse(vaultWords.locked.message);
    if (record.protection === 'os') return null;
    const opening = await this.#tryOpen(record, current);
    if ('ok' in opening) return opening;
    if (opening.kind !== 'opened') return this.#tellFailure(opening);
    opening.master.fill(0);
    opening.sealer.drop();
    return null;
  }

  /**
   * A new master key. Every value keeps its own key, which is sealed again; rows and vault change in one transaction, so
   * that a crash leaves either key whole. Nothing is changed when any value cannot be opened.
   */
  rotateKey(): Promise<VaultAnswer> {
    return this.#inTurn(async () => {
      const { store, random, now } = this.#ports;
      if (this.#record === null || this.#master === null || this.#sealer === null)
        return refuse(vaultWords.locked.message);
      const next: MasterKey = { vaultId: this.#record.id, keyId: randomUUID(), bytes: random(keyLength) };
      const sealedKey = await this.#sealer.seal(next.bytes, next.vaultId, next.keyId);
      // read after the last wait: nothing is stored between this and the transaction
      const from = this.#master;
      if (from === null) return refuse(vaultWords.locked.message);
      const { rewrapped, damaged } = rewrapAll(store.secrets(from.vaultId), from, next, random);
      if (damaged > 0) return refuse(vaultWords.damagedValues(damaged));
      const record = { ...this.#record, keyId: next.keyId, sealedKey, keyRotatedAt: now() };
      store.rewrapSecrets(record, rewrapped);
      from.bytes.fill(0);
      this.#master = next;
      this.#record = record;
      this.#ports.onChanged();
      return done;
    });
  }

  setSettings(changes: Partial<Pick<VaultRecord, 'autoLockMinutes' | 'lockWithScreen'>>): void {
    if (this.#record === null) return;
    this.#record = { ...this.#record, ...changes };
    this.#ports.store.putVault(this.#record);
    this.#autoLock.restart();
    this.#ports.onChanged();
  }

  async put(secretId: string | null, value: string): Promise<Opened<SecretHandle>> {
    if (this.#record === null) {
      const made = await this.create(null);
      if (!made.ok && this.#record === null)
        return { ok: false, why: { state: 'locked', message: made.message, fix: vaultWords.setPassphrase } };
    }
    if (this.#master === null) return { ok: false, why: this.#whyNot() };
    const { store, guard, random, now } = this.#ports;
    const id = secretId ?? randomUUID();
    const version = (store.secret(id)?.version ?? 0) + 1;
    tellGuard(guard, id, value);
    store.putSecret(sealSecret(this.#master, { id, version, updatedAt: now() }, value, random));
    this.#autoLock.touch();
    this.#recount();
    return { ok: true, value: { secretId: id, version } };
  }

  remove(secretId: string): void {
    this.#ports.store.deleteSecret(secretId);
    this.#recount();
  }

  use(secretId: string): Opened<string> {
    const opened = this.#open(secretId);
    if (opened.ok) this.#autoLock.touch();
    return opened;
  }

  /** Why a value cannot be used now; null: it can. Looking is no use of it. */
  whyUnusable(secretId: string): Unusable | null {
    const opened = this.#open(secretId);
    return opened.ok ? null : opened.why;
  }

  #open(secretId: string): Opened<string> {
    if (this.#master === null) return { ok: false, why: this.#whyNot() };
    const secret = this.#ports.store.secret(secretId);
    if (secret === null || secret.vaultId !== this.#master.vaultId) return { ok: false, why: vaultWords.missing };
    try {
      const value = openSecret(this.#master, secret);
      tellGuard(this.#ports.guard, secretId, value);
      return { ok: true, value };
    } catch (error) {
      if (error instanceof SealBroken) return { ok: false, why: vaultWords.altered };
      throw error;
    }
  }

  /** A call wanted a value while it was locked: the UI offers to unlock. */
  want(agentName: string, serverName: string): void {
    this.#wanted = { at: this.#ports.now(), agentName, serverName };
    this.#ports.onChanged();
  }

  close(): void {
    this.#autoLock.close();
    this.#master?.bytes.fill(0);
    this.#sealer?.drop();
    this.#master = null;
  }

  async #begin(passphrase: string | null): Promise<VaultAnswer> {
    const made = await makeVault(this.#ports, passphrase);
    if (!made.ok) return refuse(made.message);
    this.#ports.store.putVault(made.record);
    this.#adopt(made.record, made.master, made.sealer);
    return done;
  }

  #adopt(record: VaultRecord, bytes: Buffer, sealer: KeySealer): void {
    this.#record = record;
    this.#master = { vaultId: record.id, keyId: record.keyId, bytes };
    this.#sealer = sealer;
    this.#problem = null;
    this.#wanted = null;
    this.#backOff.reset();
    // whatever a server tells from now on is compared with all of them, used or not
    for (const { id } of this.#ports.store.secrets(record.id)) this.#open(id);
    this.#autoLock.restart();
    this.#recount();
  }

  async #tryOpen(record: VaultRecord, passphrase: string | null): Promise<KeyOpening | VaultAnswer> {
    const { keys, random } = this.#ports;
    if (record.protection === 'os') {
      if (keys === null || keys.weak !== null) return this.#tellFailure({ kind: 'foreign' });
      return openByStore(record, keys);
    }
    const retryAt = this.#backOff.retryAt();
    if (retryAt !== null) return { ok: false, message: vaultWords.tooSoon, retryAt };
    if (passphrase === null) return refuse('A passphrase opens this vault.');
    return openByPassphrase(record, passphrase, random);
  }

  #tellFailure(opening: Exclude<KeyOpening, { kind: 'opened' }>): VaultAnswer {
    if (opening.kind === 'wrong') {
      this.#backOff.failed();
      this.#ports.onChanged();
      return { ok: false, message: vaultWords.wrongPassphrase, retryAt: this.#backOff.retryAt() };
    }
    this.#problem = opening.kind === 'damaged' ? vaultWords.damaged : vaultWords.foreign;
    this.#ports.onChanged();
    return refuse(this.#problem.message);
  }

  async #changeSealer(current: string | null, make: () => Promise<KeySealer>): Promise<VaultAnswer> {
    const refusal = await this.#checkPerson(current);
    if (refusal !== null) return refusal;
    const sealer = await make();
    if (this.#record === null || this.#master === null) return refuse(vaultWords.locked.message);
    await this.#sealAnew(this.#record, sealer);
    return done;
  }

  /** The same master key, kept another way; the row changes as a whole. */
  async #sealAnew(record: VaultRecord, sealer: KeySealer): Promise<void> {
    const master = this.#master;
    if (master === null) return;
    const sealedKey = await sealer.seal(master.bytes, record.id, record.keyId);
    this.#record = { ...record, protection: sealer.protection, sealedKey };
    this.#ports.store.putVault(this.#record);
    if (this.#sealer !== sealer) this.#sealer?.drop();
    this.#sealer = sealer;
    this.#ports.onChanged();
  }

  #state(): VaultStatus['state'] {
    if (this.#record === null) return 'empty';
    if (this.#master !== null) return 'unlocked';
    return this.#problem === null ? 'locked' : 'broken';
  }

  #whyNot(): Unusable {
    return this.#problem === null ? vaultWords.locked : { state: 'broken', ...this.#problem };
  }

  #recount(): void {
    this.#secretCount = this.#countSecrets();
    this.#ports.onChanged();
  }

  #countSecrets(): number {
    return this.#record === null ? 0 : this.#ports.store.secrets(this.#record.id).length;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }
}

const done: VaultAnswer = { ok: true, message: '', retryAt: null };

function refuse(message: string): VaultAnswer {
  return { ok: false, message, retryAt: null };
}
