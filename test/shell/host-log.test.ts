import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openHostLog } from '../../electron/shell/host-log.ts';

let folder: string;
let echoed: string[];
const echo = (line: string): void => {
  echoed.push(line);
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scopegate-log-'));
  echoed = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('openHostLog', () => {
  test('writes one JSON line to the file and to the echo', () => {
    const log = openHostLog({ folder, echo, now: () => 0 });
    log.warn('the port is taken', { port: 7420 });
    const line = '{"at":"1970-01-01T00:00:00.000Z","level":"warn","message":"the port is taken","port":7420}\n';
    expect(readFileSync(join(folder, 'scopegate.log'), 'utf8')).toBe(line);
    expect(echoed).toEqual([line]);
  });

  test('lets no text begin a line of its own (security)', () => {
    const log = openHostLog({ folder, echo });
    log.error('failed\n{"level":"info","message":"all is well"}', { detail: 'a\r\nb' });
    expect(readFileSync(join(folder, 'scopegate.log'), 'utf8').trimEnd().split(/\r|\n/)).toHaveLength(1);
  });

  test.skipIf(process.platform === 'win32')('keeps the files to their owner (security)', () => {
    const own = join(folder, 'logs');
    openHostLog({ folder: own, echo }).info('hello');
    expect(statSync(own).mode & 0o777).toBe(0o700);
    expect(statSync(join(own, 'scopegate.log')).mode & 0o777).toBe(0o600);
  });

  test('rotates a full file and keeps so many older ones', () => {
    const log = openHostLog({ folder, echo, maxBytes: 200, keep: 2 });
    for (let n = 0; n < 20; n += 1) log.info(`message ${n}`);
    expect(readdirSync(folder).sort()).toEqual(['scopegate.log', 'scopegate.log.1', 'scopegate.log.2']);
    expect(readFileSync(join(folder, 'scopegate.log'), 'utf8')).toContain('message 19');
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(200);
  });

  test('goes on without a file when there can be none', () => {
    const blocked = join(folder, 'blocked');
    writeFileSync(blocked, '');
    const log = openHostLog({ folder: blocked, echo });
    log.info('still here');
    expect(echoed.join('')).toContain('logging to stderr only');
    expect(echoed.join('')).toContain('still here');
  });
});
