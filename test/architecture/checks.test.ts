import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from './source-tree.ts';

/** What one tool of `npm run check` has to say; nothing when it is content. */
function runTool(path: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(projectRoot, 'node_modules', path), ...args], {
    cwd: projectRoot,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return status === 0 ? '' : `${stdout}${stderr}`;
}

const slow = 180_000;

it('every layer type-checks with only what it may see', { timeout: slow }, () => {
  expect(runTool('typescript/bin/tsc', '-b')).toBe('');
});

it('every file is formatted and free of what the linter forbids', { timeout: slow }, () => {
  expect(runTool('@biomejs/biome/bin/biome', 'check', '--error-on-warnings')).toBe('');
});

it('no file, export or dependency is there for nothing', { timeout: slow }, () => {
  expect(runTool('knip/bin/knip.js')).toBe('');
});
