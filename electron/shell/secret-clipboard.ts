import { createHash } from 'node:crypto';

/** The part of Electron's clipboard that is used; newer ones answer later, older ones at once. */
export interface ClipboardLike {
  readText(): string | Promise<string>;
  clear(): unknown;
}

/** The clipboard as far as a page may use it: one text out, and that same text away again. */
export interface SecretClipboard {
  /** Empty for what is too long to be a secret. */
  take(): Promise<string>;
  /** False: it holds something else by now, which stays. */
  clear(): Promise<boolean>;
}

/** A secret is no longer than this; characters. */
const maxLength = 64 * 1024;

/** Only a digest of what was taken is kept, so that clearing can never take away what somebody copied since. */
export function createSecretClipboard(clipboard: ClipboardLike): SecretClipboard {
  let taken: string | null = null;
  return {
    async take() {
      const text = await clipboard.readText();
      taken = digestOf(text);
      return text.length > maxLength ? '' : text;
    },
    async clear() {
      const known = taken;
      taken = null;
      if (known === null || digestOf(await clipboard.readText()) !== known) return false;
      await clipboard.clear();
      return true;
    },
  };
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
