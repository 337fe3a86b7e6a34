import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

export type OwnerFile = { ok: true; text: string } | { ok: false; message: string };

const maxBytes = 4096;

/**
 * A file with one secret, which only this user can read. Looks at the open file itself, so that nothing can be swapped
 * between the look and the use. A failure never holds what was read.
 */
export function readOwnerFile(file: string): OwnerFile {
  let descriptor: number;
  try {
    // Not blocking: a named pipe is refused, not waited for. Both are undefined on Windows.
    descriptor = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'error';
    return { ok: false, message: code === 'ELOOP' ? 'it is a symbolic link.' : `it cannot be read (${code}).` };
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || stats.size > maxBytes) return { ok: false, message: 'it is no small file with one secret.' };
    if (process.getuid && stats.uid !== process.getuid()) return { ok: false, message: 'it belongs to another user.' };
    if (process.platform !== 'win32' && (stats.mode & 0o077) !== 0) {
      return { ok: false, message: `only you may be able to read it. Run: chmod 600 ${file}` };
    }
    return { ok: true, text: readFileSync(descriptor, 'utf8') };
  } finally {
    closeSync(descriptor);
  }
}
