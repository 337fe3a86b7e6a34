import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explainFailure, isInstalled } from '../../scripts/install.mjs';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'scopegate-install-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const writeLock = (path: string, packages: Record<string, { version: string; optional?: boolean }>) =>
  writeFileSync(join(root, path), JSON.stringify({ packages: { '': { version: '1.0.0' }, ...packages } }));

function installByHand(packages: Record<string, { version: string }>) {
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeLock('node_modules/.package-lock.json', packages);
}

describe('packages count as installed', () => {
  it('not while node_modules is missing', () => {
    writeLock('package-lock.json', {});
    expect(isInstalled(root)).toBe(false);
  });

  it('not after an install that did not reach its end', () => {
    writeLock('package-lock.json', { 'node_modules/a': { version: '1.0.0' } });
    mkdirSync(join(root, 'node_modules'));
    expect(isInstalled(root)).toBe(false);
  });

  it('when a person ran npm, optional packages of other systems left out', () => {
    writeLock('package-lock.json', {
      'node_modules/a': { version: '1.0.0' },
      'node_modules/other-system': { version: '1.0.0', optional: true },
    });
    installByHand({ 'node_modules/a': { version: '1.0.0' } });
    expect(isInstalled(root)).toBe(true);
  });

  it('no longer when the lock file changed since', () => {
    writeLock('package-lock.json', { 'node_modules/a': { version: '1.0.0' } });
    installByHand({ 'node_modules/a': { version: '1.0.0' } });
    expect(isInstalled(root)).toBe(true);
    writeLock('package-lock.json', { 'node_modules/a': { version: '1.1.0' } });
    expect(isInstalled(root)).toBe(false);
  });
});

describe('a failed installation', () => {
  it.each([
    ['npm error code EAI_AGAIN', /could not reach its registry/],
    ['npm error code ENOSPC', /disk is full/],
    ['npm error code EACCES', /could not write node_modules/],
    ['npm error something else', /exit code 1/],
  ])('is explained: %s', (output, explanation) => {
    expect(explainFailure(output, 1, null)).toMatch(explanation);
  });

  it('that a person stopped says how to go on', () => {
    expect(explainFailure('', null, 'SIGINT')).toMatch(/Run the same command again/);
  });
});
