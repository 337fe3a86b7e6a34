import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, lstatSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type DataDir, openDataDir } from '../../electron/engine/data-dir.ts';
import { makeFolder } from './store/samples.ts';

const isPosix = process.platform !== 'win32';
const modeOf = (path: string) => lstatSync(path).mode & 0o777;

function open(dir: string): DataDir {
  const dataDir = openDataDir(dir);
  onTestFinished(() => dataDir.release());
  return dataDir;
}

describe('the data folder', () => {
  it('is created, parents included, for this user alone (security)', () => {
    const dir = join(makeFolder(), 'a', 'b');
    expect(open(dir).path).toBe(realpathSync(dir));
    if (isPosix)
      expect([modeOf(dir), modeOf(join(dir, '..')), modeOf(join(dir, 'engine.lock'))]).toEqual([0o700, 0o700, 0o600]);
  });

  it.skipIf(!isPosix)('loses the rights of group and others when it is opened (security)', () => {
    const dir = makeFolder();
    chmodSync(dir, 0o775);
    open(dir);
    expect(modeOf(dir)).toBe(0o700);
  });

  it('is refused to a second engine and says who has it', () => {
    const dir = makeFolder();
    const first = open(dir);
    const refused = expect.objectContaining({
      code: 'data_dir_in_use',
      message: expect.stringContaining(`process ${process.pid}`),
    });
    expect(() => openDataDir(dir)).toThrow(refused);
    first.release();
    first.release();
    open(dir);
  });

  it.skipIf(!isPosix)('is one folder under every name it has', () => {
    const dir = makeFolder();
    const link = join(makeFolder(), 'link');
    symlinkSync(dir, link);
    open(dir);
    expect(() => openDataDir(link)).toThrow(expect.objectContaining({ code: 'data_dir_in_use' }));
  });

  it('is refused while another process has it, and free when that is killed', async () => {
    const dir = makeFolder();
    const holder = join(import.meta.dirname, 'store', 'lock-holder.ts');
    const child = spawn(process.execPath, [holder, join(realpathSync(dir), 'engine.lock')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    expect(() => openDataDir(dir)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(`process ${child.pid}`) }),
    );
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    open(dir);
  });

  it('is refused when it is a file, or below one', () => {
    const file = join(makeFolder(), 'file');
    writeFileSync(file, '');
    const unusable = expect.objectContaining({
      code: 'data_dir_unusable',
      message: expect.stringContaining('not a folder'),
    });
    expect(() => openDataDir(file)).toThrow(unusable);
    expect(() => openDataDir(join(file, 'below'))).toThrow(unusable);
  });

  it.skipIf(process.getuid?.() !== 0)('is refused when it belongs to another user (security)', () => {
    const dir = join(makeFolder(), 'foreign');
    mkdirSync(dir);
    chownSync(dir, 4711, 4711);
    expect(() => openDataDir(dir)).toThrow(
      expect.objectContaining({ code: 'data_dir_unusable', message: expect.stringContaining('another user') }),
    );
  });
});
