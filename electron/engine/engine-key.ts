import { join } from 'node:path';
import { z } from 'zod';
import type { KeyPort } from './ports.ts';
import { createPrivateFile, readPrivateFile, writePrivateFile } from './store/private-file.ts';

/** One file for each protection: two hosts on the same folder cannot open each other's key and must not replace it. */
const keyFileName = (protection: KeyPort['protection']) => `engine-key.${protection}.json`;
const keyLength = 32;

const keyFileSchema = z.strictObject({
  version: z.literal(1),
  /** Base64 of what `KeyPort.protect` made of the key; never the key itself. */
  sealed: z.base64(),
});

export interface EngineKey {
  /** 32 bytes. */
  key: Buffer;
  /** An older key was there and could not be opened: digests made with it can no longer be compared. */
  replaced: boolean;
}

/**
 * The engine's own key, made at the first start. On disk it exists only as sealed by the host's `KeyPort`.
 * A file that cannot be opened (another machine, a new keyring) is kept aside and a new key is made.
 * Throws `EngineStartError` when the file is a link or another user's, and whatever `protect` throws.
 */
export async function loadEngineKey(
  dataDir: string,
  keys: KeyPort,
  randomBytes: (size: number) => Buffer,
): Promise<EngineKey> {
  const path = join(dataDir, keyFileName(keys.protection));
  const stored = readPrivateFile(path);
  const opened = stored === null ? null : await unseal(stored, keys);
  if (opened !== null) return { key: opened, replaced: false };

  const key = randomBytes(keyLength);
  const sealed = await keys.protect(key);
  // A copy, not a rename: whenever this is interrupted, the next start still sees that there was a key before.
  if (stored !== null) {
    createPrivateFile(join(dataDir, `engine-key.unreadable-${randomBytes(6).toString('hex')}.json`), stored);
  }
  writePrivateFile(path, `${JSON.stringify({ version: 1, sealed: sealed.toString('base64') })}\n`);
  return { key, replaced: stored !== null };
}

/** Null when the file is damaged or sealed for somebody else. */
async function unseal(stored: Buffer, keys: KeyPort): Promise<Buffer | null> {
  try {
    const { sealed } = keyFileSchema.parse(JSON.parse(stored.toString('utf8')));
    const key = await keys.unprotect(Buffer.from(sealed, 'base64'));
    return key.length === keyLength ? key : null;
  } catch {
    return null;
  }
}
