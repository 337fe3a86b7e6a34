import { describe, expect, test } from 'vitest';
import { readLaunchMode } from '../../electron/shell/launch-mode.ts';

function switches(given: Record<string, string>) {
  return { hasSwitch: (name: string) => name in given, getSwitchValue: (name: string) => given[name] ?? '' };
}

describe('readLaunchMode', () => {
  test('starts with a window, the stored port and the sandbox when nothing is said', () => {
    expect(readLaunchMode({}, switches({}))).toEqual({
      testMode: false,
      hidden: false,
      port: null,
      isSandboxOff: false,
      refusal: null,
    });
  });

  test('refuses a sandbox that the environment switched off (security)', () => {
    // Electron adds --no-sandbox by itself when it sees the variable, whatever its value.
    for (const value of ['1', '0', '']) {
      const mode = readLaunchMode({ ELECTRON_DISABLE_SANDBOX: value }, switches({ 'no-sandbox': '' }));
      expect(mode.refusal?.fix).toContain('--no-sandbox');
    }
  });

  test('runs without the sandbox when the command line says so', () => {
    expect(readLaunchMode({}, switches({ 'no-sandbox': '' }))).toMatchObject({ isSandboxOff: true, refusal: null });
  });

  test.each(['0', '1024', '7420', '65535'])('takes %s as the port of this run', (text) => {
    expect(readLaunchMode({}, switches({ 'mcp-port': text }))).toMatchObject({ port: Number(text), refusal: null });
  });

  test.each(['', '80', '65536', '-1', '7420x', '0x1000', '1e4'])('refuses "%s" as a port', (text) => {
    const mode = readLaunchMode({}, switches({ 'mcp-port': text }));
    expect(mode.refusal?.message).toContain('--mcp-port');
  });

  test('is in test mode for SCOPEGATE_TEST=1 only', () => {
    expect(readLaunchMode({ SCOPEGATE_TEST: '1' }, switches({})).testMode).toBe(true);
    expect(readLaunchMode({ SCOPEGATE_TEST: '0' }, switches({})).testMode).toBe(false);
  });
});
