import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  createPrivateFile,
  ensurePrivateFile,
  readPrivateFile,
  writePrivateFile,
} from '../../../electron/engine/store/private-file.ts';
import { makeFolder } from './samples.ts';

const isPosix = process.platform !== 'win32';
const modeOf = (path: string) => lstatSync(path).mode & 0o777;
const unusable = expect.objectContaining({ code: 'data_dir_unusable' });

describe('a private file', () => {
  it('is written as a whole and leaves nothing beside it', () => {
    const folder = makeFolder();
    const path = join(folder, 'key.json');
    writePrivateFile(path, 'first');
    writePrivateFile(path, 'second');
    expect(readPrivateFile(path)?.toString()).toBe('second');
    expect(readdirSync(folder)).toEqual(['key.json']);
    if (isPosix) expect(modeOf(path)).toBe(0o600);
  });

  it('is null when there is none', () => {
    expect(readPrivateFile(join(makeFolder(), 'absent'))).toBeNull();
  });

  it('is created once only', () => {
    const path = join(makeFolder(), 'lock');
    createPrivateFile(path, 'mine');
    expect(() => createPrivateFile(path, 'yours')).toThrow(/EEXIST/);
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });

  it.skipIf(!isPosix)('loses the rights of group and others when it is read (security)', () => {
    const path = join(makeFolder(), 'key.json');
    writeFileSync(path, 'x');
    chmodSync(path, 0o664);
    readPrivateFile(path);
    expect(modeOf(path)).toBe(0o600);
    chmodSync(path, 0o644);
    ensurePrivateFile(path);
    expect(modeOf(path)).toBe(0o600);
  });

  it.skipIf(!isPosix)('is never read or made through a link (security)', () => {
    const folder = makeFolder();
    const target = join(folder, 'target');
    writeFileSync(target, 'elsewhere');
    for (const [name, to] of [
      ['link', target],
      ['dangling', join(folder, 'absent')],
    ] as const) {
      symlinkSync(to, join(folder, name));
      expect(() => readPrivateFile(join(folder, name))).toThrow(unusable);
      expect(() => ensurePrivateFile(join(folder, name))).toThrow(unusable);
    }
    expect(readdirSync(folder).sort()).toEqual(['dangling', 'link', 'target']);
  });

  it('is not a folder', () => {
    const folder = makeFolder();
    mkdirSync(join(folder, 'sub'));
    expect(() => ensurePrivateFile(join(folder, 'sub'))).toThrow(unusable);
  });

  it.skipIf(process.getuid?.() !== 0)('of another user is refused (security)', () => {
    const path = join(makeFolder(), 'key.json');
    writeFileSync(path, 'x');
    chownSync(path, 4711, 4711);
    expect(() => readPrivateFile(path)).toThrow(unusable);
  });
});
