import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createProgramFinder, readShimScript } from '../../../electron/engine/upstream/find-program.ts';
import { tempDir } from './support.ts';

function program(folder: string, name: string, text = '#!/bin/sh\n'): string {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, name);
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return file;
}

/** A shell whose start files say where programs are, after a chatty greeting. */
function loginShell(folder: string, searchPath: string): string {
  const script = `#!/bin/sh\necho "welcome!"\nexport PATH="${searchPath}"\nshift\nexec /bin/sh -c "$1"\n`;
  return program(folder, 'my-shell', script);
}

test('from a desktop, the login shell’s PATH comes first and the child gets it too', async () => {
  const dir = tempDir();
  const own = program(path.join(dir, 'own'), 'tool');
  program(path.join(dir, 'system'), 'tool');
  const SHELL = loginShell(dir, `${path.join(dir, 'own')}:relative/folder`);
  const finder = createProgramFinder({ PATH: path.join(dir, 'system'), SHELL, HOME: dir });
  const found = await finder.find('tool', dir);
  expect(found).toMatchObject({ ok: true, program: { file: own, prefixArgs: [] } });
  const folders = found.ok ? found.program.searchPath.split(':') : [];
  expect(folders.slice(0, 2)).toEqual([path.join(dir, 'own'), path.join(dir, 'system')]);
  expect(folders).not.toContain('relative/folder');
});

test('from a terminal, the inherited PATH counts, and the login shell is asked only for what it lacks', async () => {
  const dir = tempDir();
  const system = program(path.join(dir, 'system'), 'tool');
  program(path.join(dir, 'own'), 'tool');
  const extra = program(path.join(dir, 'own'), 'extra');
  const SHELL = loginShell(dir, path.join(dir, 'own'));
  const finder = createProgramFinder({ PATH: path.join(dir, 'system'), SHELL, HOME: dir, SHLVL: '1' });
  expect(await finder.find('tool', dir)).toMatchObject({
    program: { file: system, searchPath: path.join(dir, 'system') },
  });
  expect(await finder.find('extra', dir)).toMatchObject({ program: { file: extra } });
});

test('a shell that fails leaves the usual folders, and says where it looked', async () => {
  const dir = tempDir();
  const local = program(path.join(dir, '.local/bin'), 'tool');
  const finder = createProgramFinder({ PATH: '', SHELL: path.join(dir, 'no-shell'), HOME: dir });
  expect(await finder.find('tool', dir)).toMatchObject({ program: { file: local } });
  const missing = await finder.find('no-such-tool', dir);
  expect(missing).toMatchObject({ ok: false, reason: 'missing' });
  expect(missing.ok ? [] : missing.searched).toContain('/usr/bin');
});

test('a command with a folder in it is looked for there and nowhere else', async () => {
  const dir = tempDir();
  const file = program(path.join(dir, 'bin'), 'tool');
  const finder = createProgramFinder({ PATH: path.join(dir, 'bin'), HOME: dir, SHLVL: '1' });
  expect(await finder.find('./bin/tool', dir)).toMatchObject({ program: { file } });
  expect(await finder.find('~/bin/tool', '/')).toMatchObject({ program: { file } });
  expect(await finder.find('./tool', dir)).toEqual({
    ok: false,
    reason: 'missing',
    searched: [path.join(dir, 'tool')],
  });
});

test('a relative PATH entry brings no program from the working folder (security)', async () => {
  const dir = tempDir();
  program(dir, 'evil-tool');
  const finder = createProgramFinder({ PATH: '.:', SHELL: '/bin/sh', HOME: dir, SHLVL: '1' });
  expect(await finder.find('evil-tool', dir)).toMatchObject({ ok: false });
});

test('reads the script out of a Windows shim, and nothing out of any other batch file', () => {
  const shim = '@ECHO off\r\nSETLOCAL\r\n"%_prog%"  "%dp0%\\..\\some-server\\dist\\index.js" %*\r\nnode';
  expect(readShimScript(shim)).toBe('..\\some-server\\dist\\index.js');
  const npx =
    'SET "NODE_EXE=%~dp0\\node.exe"\r\nSET "NPM_PREFIX_JS=%~dp0\\node_modules\\npm\\bin\\npm-prefix.js"\r\n' +
    'SET "NPX_CLI_JS=%~dp0\\node_modules\\npm\\bin\\npx-cli.js"\r\n"%NODE_EXE%" "%NPX_CLI_JS%" %*';
  expect(readShimScript(npx)).toBe('node_modules\\npm\\bin\\npx-cli.js');
  expect(readShimScript('@echo off\r\npython "%~dp0\\server.py" %*')).toBeNull();
});
