import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;

it('measures the gateway beside the limit, every scenario once', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'bench', 'speed.ts'), '--smoke'], {
    cwd: root,
    maxBuffer: 1 << 24,
  });
  expect(stdout).toContain('## echo, 1 at a time');
  expect(stdout).toContain('## tools/list, 1000 tools');
  expect(stdout.match(/^\| ScopeGate, http \|/gm)?.length).toBeGreaterThan(10);
  expect(stdout).toContain('## Cold start');
  expect(stdout).not.toContain('NaN');
}, 180_000);
