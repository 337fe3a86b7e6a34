import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { takeProcessLock } from '../../../electron/engine/store/process-lock.ts';
import { isSameStart, readProcessStart } from '../../../electron/engine/store/process-start.ts';
import { makeFolder } from './samples.ts';

const program = join(import.meta.dirname, 'lock-holder.ts');

/** Another process that has tried for the lock, and what it said. */
async function tryElsewhere(path: string): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, [program, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, said: chunk.toString().trim() };
}

async function killHard(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

const lockIn = (folder: string) => join(folder, 'engine.lock');
const owner = (pid: number, start: string) => JSON.stringify({ pid, start, nonce: 'ab'.repeat(16) });

describe('a process lock', () => {
  it('is held against others until it is released', () => {
    const path = lockIn(makeFolder());
    const first = takeProcessLock(path);
    expect(first.ok).toBe(true);
    expect(takeProcessLock(path)).toEqual({ ok: false, pid: process.pid });
    if (first.ok) {
      first.lock.release();
      first.lock.release();
    }
    expect(takeProcessLock(path).ok).toBe(true);
  });

  it('is held by another living process, and free once that is killed', async () => {
    const folder = makeFolder();
    const { child, said } = await tryElsewhere(lockIn(folder));
    expect(said).toBe('taken');
    expect(takeProcessLock(lockIn(folder))).toEqual({ ok: false, pid: child.pid });
    await killHard(child);
    expect(takeProcessLock(lockIn(folder)).ok).toBe(true);
    expect(readdirSync(folder)).toEqual(['engine.lock']);
  });

  it('does not last for ever when its pid was given to another program', () => {
    const path = lockIn(makeFolder());
    writeFileSync(path, owner(process.pid, 'another-boot:12345'));
    expect(takeProcessLock(path).ok).toBe(true);
  });

  it('is not taken from a process that runs and whose start is not known (security)', () => {
    const path = lockIn(makeFolder());
    writeFileSync(path, owner(process.pid, 'unknown'));
    expect(takeProcessLock(path)).toEqual({ ok: false, pid: process.pid });
  });

  it('with no readable content counts as held at first, and as left behind later', () => {
    const folder = makeFolder();
    const path = lockIn(folder);
    writeFileSync(path, '');
    expect(takeProcessLock(path)).toEqual({ ok: false, pid: null });
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(path, longAgo, longAgo);
    expect(takeProcessLock(path).ok).toBe(true);
    expect(readdirSync(folder)).toEqual(['engine.lock']);
  });

  it('left by a dead process goes to exactly one of many who want it', async () => {
    for (let round = 0; round < 3; round++) {
      const folder = makeFolder();
      const { child } = await tryElsewhere(lockIn(folder));
      await killHard(child);
      const rivals = await Promise.all(Array.from({ length: 5 }, () => tryElsewhere(lockIn(folder))));
      const winners = rivals.filter(({ said }) => said === 'taken');
      expect(winners).toHaveLength(1);
      expect(JSON.parse(readFileSync(lockIn(folder), 'utf8'))).toMatchObject({ pid: winners[0]?.child.pid });
      expect(readdirSync(folder)).toEqual(['engine.lock']);
      await Promise.all(rivals.map(({ child: rival }) => killHard(rival)));
    }
  });

  it('is taken even when somebody died in the middle of taking it over', () => {
    const folder = makeFolder();
    writeFileSync(lockIn(folder), owner(process.pid, 'another-boot:1'));
    writeFileSync(`${lockIn(folder)}.${'ab'.repeat(16)}`, owner(process.pid, 'another-boot:2'));
    expect(takeProcessLock(lockIn(folder)).ok).toBe(true);
    expect(readdirSync(folder)).toEqual(['engine.lock']);
  });
});

describe('the start of a process', () => {
  it('is the same at each look and another for another process', async () => {
    const { child } = await tryElsewhere(lockIn(makeFolder()));
    const own = readProcessStart(process.pid);
    const other = readProcessStart(child.pid ?? 0);
    expect(isSameStart(own, readProcessStart(process.pid))).toBe(true);
    if (process.platform === 'linux') expect(isSameStart(own, other)).toBe(false);
    await killHard(child);
    expect(readProcessStart(child.pid ?? 0)).toBe('gone');
  });

  it('read in two ways may differ by seconds, not by more', () => {
    expect(isSameStart('1700000000000', '1700000003000')).toBe(true);
    expect(isSameStart('1700000000000', '1700000030000')).toBe(false);
    expect(isSameStart('boot:17', 'boot:18')).toBe(false);
  });
});
