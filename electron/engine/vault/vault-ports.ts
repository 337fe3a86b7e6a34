import type { LogPort, MasterKeyPort, ScreenPort } from '../ports.ts';
import type { VaultReader, VaultWriter } from '../store/vault-contract.ts';
import type { EchoGuard } from '../wire/echo-guard.ts';
import type { RandomBytes } from './seal.ts';

/** What the vault needs of the engine. */
export interface VaultPorts {
  store: VaultReader & VaultWriter;
  /** The system's key store; null: this host has none. */
  keys: MasterKeyPort | null;
  screen: ScreenPort | null;
  guard: EchoGuard;
  log: LogPort;
  random: RandomBytes;
  /** Of scrypt; 17 where it is left out. */
  costLog2?: number;
  now(): number;
  onChanged(): void;
  /** It was locked: whatever still holds a value of it has to end. */
  onLocked(): void;
}
