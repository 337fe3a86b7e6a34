import { expect, test } from 'vitest';
import { makeChildEnv } from '../../../electron/engine/upstream/child-env.ts';
import { createRedactor } from '../../../electron/engine/upstream/redactor.ts';
import { createEchoGuard } from '../../../electron/engine/wire/echo-guard.ts';

test('passes on names of the allow-list only (security)', () => {
  const host = {
    PATH: '/x',
    HOME: '/h',
    LC_TIME: 'C',
    GITHUB_TOKEN: 't',
    SSH_AUTH_SOCK: 's',
    NODE_OPTIONS: 'o',
    Home: 'n',
  };
  expect(makeChildEnv(host, '/bin', { A: 'b' }, 'linux')).toEqual({ PATH: '/bin', HOME: '/h', LC_TIME: 'C', A: 'b' });
});

test('compares names without case on Windows, and a configured one replaces the inherited', () => {
  const host = { Path: 'C:\\x', SystemRoot: 'C:\\Windows', AppData: 'C:\\a', SECRET: 's' };
  expect(makeChildEnv(host, 'C:\\bin', { APPDATA: 'D:\\' }, 'win32')).toEqual({
    Path: 'C:\\bin',
    SystemRoot: 'C:\\Windows',
    APPDATA: 'D:\\',
  });
});

test('blanks a secret and its usual encodings, also line by line (security)', () => {
  const redactor = createRedactor(createEchoGuard());
  redactor.add('p@ss/word?"x"');
  redactor.add('-----BEGIN KEY-----\nMIIBVAIBADANBgkq\n-----END KEY-----');
  const secret = 'p@ss/word?"x"';
  const forms = [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret),
    Buffer.from(secret).toString('base64'),
    'MIIBVAIBADANBgkq',
  ];
  for (const form of forms) expect(redactor.redact(`<${form}>`)).toMatch(/^<"?\[secret\]=*"?>$/);
  expect(redactor.redact('nothing here')).toBe('nothing here');
});
