import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeInputs, hasEntry, inputsFile, isFresh } from '../../scripts/bundles.mjs';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'scopegate-bundles-'));
  write('electron/headless/main.ts', 'export {};');
  write('electron/engine/core/a.ts', 'export {};');
  write('package-lock.json', '{}');
  write(join('dist/headless', inputsFile), describeInputs(root, 'headless'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function write(path: string, text: string) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

describe('a bundle', () => {
  it('is fresh while nothing it is made of changed', () => {
    expect(isFresh(root, 'headless')).toBe(true);
    write('renderer/main.tsx', 'export {};');
    write('electron/engine/tsconfig.json', '{}');
    expect(isFresh(root, 'headless')).toBe(true);
  });

  it('is stale after a file was added, removed, changed or touched', () => {
    write('electron/engine/core/b.ts', 'export {};');
    expect(isFresh(root, 'headless')).toBe(false);
    rmSync(join(root, 'electron/engine/core/b.ts'));
    expect(isFresh(root, 'headless')).toBe(true);
    utimesSync(join(root, 'electron/engine/core/a.ts'), new Date(0), new Date(0));
    expect(isFresh(root, 'headless')).toBe(false);
  });

  it('is stale after other packages were locked', () => {
    write('package-lock.json', '{ "changed": true }');
    expect(isFresh(root, 'headless')).toBe(false);
  });

  it('is not asked for while its entry does not exist', () => {
    expect(hasEntry(root, 'headless')).toBe(true);
    expect(hasEntry(root, 'shell')).toBe(false);
  });
});
