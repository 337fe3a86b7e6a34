import { chmodSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { bubblewrapArgs } from '../../../../electron/engine/upstream/sandbox/bubblewrap.ts';
import { probeSandbox } from '../../../../electron/engine/upstream/sandbox/probe-sandbox.ts';
import { findProgramParts } from '../../../../electron/engine/upstream/sandbox/program-parts.ts';
import type { Launch, SandboxPlan } from '../../../../electron/engine/upstream/sandbox/sandbox-plan.ts';
import { seatbeltArgs } from '../../../../electron/engine/upstream/sandbox/seatbelt.ts';
import { tempDir } from '../support.ts';

const launch: Launch = { file: '/usr/bin/node', args: ['a.js', '--x'], cwd: '/home/me/own', env: {} };
const plan: SandboxPlan = {
  hidden: ['/home/me'],
  ownDir: '/home/me/own',
  network: false,
  read: ['/home/me/a/b/c', '/home/me/a'],
  write: ['/home/me/a/b'],
};

/** Positions of `flag at` in an argument list. */
function mountAt(args: string[], flag: string, at: string): number {
  return args.findIndex((arg, index) => arg === flag && args[index + 1] === at);
}

describe('bubblewrap arguments', () => {
  test('the home is hidden before anything in it is shown, outer folders before inner ones (security)', () => {
    const args = bubblewrapArgs(plan, launch);
    const order = [
      mountAt(args, '--tmpfs', '/home/me'),
      mountAt(args, '--ro-bind', '/home/me/a'),
      mountAt(args, '--bind', '/home/me/a/b'),
      mountAt(args, '--ro-bind', '/home/me/a/b/c'),
    ];
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  test('the program and its arguments come whole behind --, so that none of them is an option (security)', () => {
    const args = bubblewrapArgs(plan, { ...launch, args: ['--bind', '/', '/'] });
    expect(args.slice(args.lastIndexOf('--'))).toEqual(['--', '/usr/bin/node', '--bind', '/', '/']);
  });

  test('the network is there only where it was switched on', () => {
    expect(bubblewrapArgs(plan, launch)).toContain('--unshare-net');
    expect(bubblewrapArgs({ ...plan, network: true }, launch)).not.toContain('--unshare-net');
  });
});

describe('a profile for sandbox-exec', () => {
  test('paths are parameters and never text of the profile (security)', () => {
    const evil = '/home/me/") (allow file-write* (subpath "/';
    const args = seatbeltArgs({ ...plan, read: [evil] }, launch);
    expect(args[1]).not.toContain('evil');
    expect(args[1]).not.toContain('/home/me');
    expect(args).toContain(`READ_0=${evil}`);
    expect(args.slice(-3)).toEqual(['/usr/bin/node', 'a.js', '--x']);
  });

  test('what is denied stands before what is allowed again, and the network last', () => {
    const profile = seatbeltArgs(plan, launch)[1] ?? '';
    expect(profile.indexOf('deny file-read*')).toBeLessThan(profile.indexOf('READ_0'));
    expect(profile.indexOf('deny file-write*')).toBeLessThan(profile.indexOf('WRITE_0'));
    expect(profile).toContain('(deny network*)');
    expect(seatbeltArgs({ ...plan, network: true }, launch)[1]).not.toContain('network');
  });
});

describe('what a program needs to start', () => {
  test('the project of a script, the installation of its interpreter, and never the home itself (security)', async () => {
    const home = realpathSync(tempDir());
    const project = path.join(home, 'code', 'server');
    const prefix = path.join(home, '.nvm', 'v24');
    for (const folder of [path.join(project, 'src'), path.join(prefix, 'bin'), path.join(prefix, 'lib/node_modules')])
      mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(project, 'package.json'), '{}');
    writeFileSync(path.join(project, 'src', 'index.js'), '');
    writeFileSync(path.join(prefix, 'bin', 'node'), '');
    const file = path.join(home, 'start.js');
    writeFileSync(file, '#!/usr/bin/env node\n');
    chmodSync(file, 0o755);
    const env = { PATH: path.join(prefix, 'bin') };
    const bare = await findProgramParts({ file, args: [], cwd: home, env }, [home]);
    expect(bare).toEqual(expect.arrayContaining([file, prefix]));
    expect(bare).not.toContain(home);
    const args = ['src/index.js', path.join(home, 'data.json')];
    const scripted = await findProgramParts({ file: path.join(prefix, 'bin', 'node'), args, cwd: project, env }, [
      home,
    ]);
    expect(scripted).toContain(project);
    expect(scripted).not.toContain(path.join(home, 'data.json'));
  });

  test('a program in a folder of everybody’s brings itself and not its neighbours (security)', async () => {
    const home = realpathSync(tempDir());
    const bin = path.join(home, '.local', 'bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(path.join(home, '.local', 'real'), '');
    symlinkSync(path.join(home, '.local', 'real'), path.join(bin, 'tool'));
    const parts = await findProgramParts({ file: path.join(bin, 'tool'), args: [], cwd: home, env: {} }, [home]);
    expect(parts.sort()).toEqual([path.join(bin, 'tool'), path.join(home, '.local', 'real')]);
  });
});

describe('looking for a sandbox', () => {
  test('elsewhere than on Linux and macOS there is none, said plainly', async () => {
    expect(await probeSandbox({}, 'win32')).toEqual({
      available: false,
      reason: 'A sandbox is not available on this system.',
      fix: '',
    });
  });

  test.skipIf(process.platform !== 'linux')('installed and forbidden is told apart from not installed', async () => {
    const folder = tempDir();
    writeFileSync(path.join(folder, 'bwrap'), '#!/bin/sh\necho "setting up uid map: Permission denied" >&2\nexit 1\n', {
      mode: 0o755,
    });
    const found = await probeSandbox({ PATH: folder });
    expect(found).toMatchObject({ available: false, reason: expect.stringContaining('Permission denied') });
  });
});
