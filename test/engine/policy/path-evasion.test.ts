import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { isPathInside, type PathWorld, readFolder, readPath } from '../../../electron/engine/core/path-inside.ts';
import { PathLooker, resolvePaths } from '../../../electron/engine/pipeline/real-paths.ts';

/** A disk on which nothing is a link. */
class PlainDisk extends Map<string, string> {
  override get(path: string): string {
    const parts: string[] = [];
    for (const part of path.split('/')) {
      if (part === '..') parts.pop();
      else if (part !== '' && part !== '.') parts.push(part);
    }
    const isDrive = /^[A-Za-z]:\//.test(path);
    return (isDrive ? '' : path.startsWith('//') ? '//' : '/') + parts.join('/');
  }
}

const posix: PathWorld = { platform: 'posix', home: '/home/me', base: null, resolved: new PlainDisk() };
const mac: PathWorld = { ...posix, platform: 'darwin' };
const windows: PathWorld = { ...posix, platform: 'win32', home: 'C:/Users/me' };

const outside = [
  '/home/me/project/../.ssh/id_rsa',
  '/home/me/project/a/../../.ssh/id_rsa',
  '/home/me/project/./../other',
  '/home/me/project//../other',
  '/home/me/projectx',
  '/home/me/project-old/a',
  '/home/me/project/..',
  '/home/me',
  '/',
  '~/.ssh/id_rsa',
  '~',
  '~/project/../.ssh',
  'file:///etc/passwd',
  'file://localhost/etc/passwd',
  'FILE:///etc/passwd',
  '/../../home/other',
  '/home/me/project\\..\\..\\.ssh',
];
const unsure = [
  // the same place in another writing, or a place only the server knows
  '/home/me/project/%2e%2e/.ssh/id_rsa',
  '/home/me/project/%2E%2E%2F.ssh',
  '/home/me/project/%252e%252e/.ssh',
  '/home/me/project/..%2f.ssh',
  '/home/me/project/%c0%ae%c0%ae/.ssh',
  '/home/me/project/..%c0%af.ssh',
  '/home/me/project/%u002e%u002e/.ssh',
  '/home/me/project/\uff0e\uff0e/.ssh',
  '/home/me/project/..\uff0f.ssh',
  '/home/me/project/\u2025/.ssh',
  '/home/me/project/..\\..\\.ssh',
  '/home/me/project/.\u200b./.ssh',
  '/home/me/project/a\u0000/../../.ssh',
  '/home/me/project/a\n/b',
  '/home/me/project/\u202ecod.exe',
  'project/a',
  '../project/a',
  './a',
  '',
  '~root/.ssh',
  '$HOME/project/a',
  ['$', '{HOME}/project'].join(''),
  '%USERPROFILE%/project',
  '/home/me/project/{a,../../.ssh}',
  '/HOME/me/project/a',
  '/home/me/PROJECT/a',
  'file://evil/home/me/project/a/../../../x',
  `/home/me/project/${'a/'.repeat(3000)}`,
];

const inside = [
  '/home/me/project',
  '/home/me/project/',
  '/home/me/project/a.txt',
  '/home/me//project///a',
  '//home/me/project/a',
  '/home/me/project/./a',
  '/home/me/project/a/../b',
  '/home/me/other/../project/a',
  '~/project/a',
  'file:///home/me/project/a',
  '/home/me/project/100%/a',
  '/home/me/project/Grüße/ünïcode',
  '/home/me/project/a b',
  '/home/me/project/..a/b..',
];

describe('whether a path is inside a folder', () => {
  const folder = '/home/me/project';

  it.each(outside)('says no for %j (security)', (path) => {
    expect(isPathInside(path, folder, posix)).toBe('no');
  });

  it.each(unsure)('is never sure of %j, which allows nothing and blocks (security)', (path) => {
    expect(isPathInside(path, folder, posix)).toBe('unsure');
  });

  it.each(inside)('says yes for %j', (path) => {
    expect(isPathInside(path, folder, posix)).toBe('yes');
  });

  it('takes a relative path only from the folder the server is configured with', () => {
    const based = { ...posix, base: '/home/me/project' };
    expect(isPathInside('src/a.ts', folder, based)).toBe('yes');
    expect(isPathInside('../.ssh/id_rsa', folder, based)).toBe('no');
    expect(isPathInside('src/a.ts', folder, posix)).toBe('unsure');
  });

  it('knows that macOS does not tell upper from lower case, nor composed from decomposed', () => {
    expect(isPathInside('/Home/ME/Project/a', folder, mac)).toBe('yes');
    expect(isPathInside('/home/me/gr\u00fcn/a', '/home/me/gru\u0308n', mac)).toBe('yes');
  });

  it.each([
    ['C:\\Users\\me\\project\\a.txt', 'yes'],
    ['c:/users/ME/project/a', 'yes'],
    ['C:\\Users\\me\\project\\..\\secret', 'no'],
    ['C:\\Users\\me\\project. . \\a', 'yes'],
    ['C:\\Users\\me\\project2\\a', 'no'],
    ['D:\\Users\\me\\project\\a', 'no'],
    ['\\\\?\\C:\\Users\\me\\project\\a', 'yes'],
    ['\\\\?\\C:\\Windows\\System32', 'no'],
    ['\\\\server\\share\\project\\a', 'no'],
    ['\\\\?\\UNC\\server\\share\\a', 'no'],
    ['\\\\.\\C:\\Users\\me\\project\\a', 'unsure'],
    ['\\\\.\\PhysicalDrive0', 'unsure'],
    ['C:project\\a', 'unsure'],
    ['C:\\Users\\me\\project\\a.txt::$DATA', 'unsure'],
    ['C:\\Users\\me\\project\\a.txt:hidden', 'unsure'],
    ['C:\\Users\\ME~1\\project\\a', 'unsure'],
    ['\\Users\\me\\project\\a', 'unsure'],
  ])('reads %j as Windows does: %s (security)', (path, verdict) => {
    expect(isPathInside(path, 'C:\\Users\\me\\project', windows)).toBe(verdict);
  });

  it('reads no path in more ways than it looks up', () => {
    const text = `/a/${'%25'.repeat(40)}2e`;
    expect(readPath(text, posix).paths.length).toBeLessThanOrEqual(64);
  });
});

describe('links on a real disk', () => {
  let root: string;

  beforeAll(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'scopegate-paths-')));
    mkdirSync(join(root, 'project/src'), { recursive: true });
    mkdirSync(join(root, 'secret/deep'), { recursive: true });
    writeFileSync(join(root, 'secret/key'), 'k');
    symlinkSync(join(root, 'secret'), join(root, 'project/innocent'));
    symlinkSync(join(root, 'secret/key'), join(root, 'project/src/notes.txt'));
    symlinkSync(join(root, 'secret/not-yet'), join(root, 'project/dangling'));
    symlinkSync(join(root, 'project'), join(root, 'alias'));
    symlinkSync('loop', join(root, 'project/loop'));
    symlinkSync(join(root, 'secret/deep'), join(root, 'project/deep'));
  });

  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const judge = (path: string, folder = 'project') => {
    const world: PathWorld = { platform: 'posix', home: null, base: null, resolved: new Map() };
    const place = readFolder(join(root, folder), world);
    const asked = [...readPath(path, world).paths, ...(place === null ? [] : [place])];
    return isPathInside(path, join(root, folder), { ...world, resolved: resolvePaths(asked) });
  };

  it.each([
    'project/innocent/key',
    'project/innocent/new-file',
    'project/src/notes.txt',
    'project/dangling',
    'project/dangling/below',
    'project/loop/x',
    'project/deep/../key',
  ])('never allow what only looks inside: %s (security)', (path) => {
    expect(judge(`${root}/${path}`)).toBe('unsure');
  });

  it('block a folder also when it is reached by another name (security)', () => {
    expect(judge(`${root}/project/innocent/key`, 'secret')).toBe('yes');
    expect(judge(`${root}/project/src/notes.txt`, 'secret')).toBe('yes');
    expect(judge(`${root}/project/deep/../key`, 'secret')).not.toBe('no');
  });

  it('let a folder be reached through a link that leads into it', () => {
    expect(judge(`${root}/alias/src/new.ts`)).toBe('yes');
    expect(judge(`${root}/project/src/new/deeper.ts`)).toBe('yes');
  });

  it('are not followed to another machine (security)', async () => {
    expect(resolvePaths(['//server/share/x'])).toEqual(new Map());
    expect(await new PathLooker().look(['//server/share/x'])).toEqual(new Map());
  });

  it('are found alike whether a call or a person waits for them', async () => {
    const names = [
      'innocent/key',
      'innocent/new',
      'src/notes.txt',
      'dangling',
      'dangling/x',
      'loop/x',
      'deep/../key',
      '',
    ];
    const paths = names.map((name) => `${root}/project/${name}`);
    expect(await new PathLooker().look(paths)).toEqual(resolvePaths(paths));
    expect(resolvePaths(paths).size).toBeGreaterThan(3);
  });
});

describe('a file system that does not answer', () => {
  it('holds a call for a moment only, and nothing is sure about its paths (security)', async () => {
    const looker = new PathLooker(() => new Promise(() => {}), 20);
    expect(await looker.look(['/mnt/dead/x'])).toEqual(new Map());
    const world: PathWorld = { platform: 'posix', home: null, base: null, resolved: new Map() };
    expect(isPathInside('/mnt/dead/x', '/mnt/dead', world)).toBe('unsure');
  });

  it('is asked by no more than two calls at once, and works again once it answers', async () => {
    const answers: (() => void)[] = [];
    const looker = new PathLooker((path) => new Promise((resolve) => void answers.push(() => resolve(path))), 50);
    const looks = await Promise.all(['/a', '/b', '/c'].map((path) => looker.look([path])));
    expect(looks).toEqual([new Map(), new Map(), new Map()]);
    expect(answers).toHaveLength(2);
    expect(await looker.look(['/d'])).toEqual(new Map());
    expect(answers).toHaveLength(2);
    for (const answer of answers.splice(0)) answer();
    await vi.waitFor(async () => {
      const found = looker.look(['/e']);
      for (const answer of answers.splice(0)) answer();
      expect(await found).toEqual(new Map([['/e', '/e']]));
    }, 10_000);
  });
});
