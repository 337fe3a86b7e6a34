import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { MasterKeyPort } from '../../electron/engine/ports.ts';

/** The key store of one machine: what another one wrapped does not open here. */
export function makeMachineKeys(own: Partial<MasterKeyPort> = {}): MasterKeyPort {
  const key = randomBytes(32);
  return {
    store: 'a key store',
    weak: null,
    async wrap(plain) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    },
    async unwrap(sealed) {
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12));
      decipher.setAuthTag(sealed.subarray(-16));
      return { plain: Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]), renew: false };
    },
    ...own,
  };
}
