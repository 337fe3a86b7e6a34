import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { openScreenPort } from '../../electron/shell/approval-screen.ts';
import { openStepUpPort } from '../../electron/shell/approval-step-up.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };

class Power extends EventEmitter {
  state: 'active' | 'locked' = 'active';
  getSystemIdleState(): 'active' | 'locked' {
    return this.state;
  }
}
const open = (power: Power, platform: NodeJS.Platform) => openScreenPort(power as never, platform);

describe('the screen port', () => {
  test('follows the lock and tells each change until it is let go', () => {
    const power = new Power();
    const port = open(power, 'darwin');
    const seen: boolean[] = [];
    const end = port?.onChange((isLocked) => seen.push(isLocked));
    power.emit('lock-screen');
    expect(port?.isLocked()).toBe(true);
    power.emit('unlock-screen');
    end?.();
    power.emit('lock-screen');
    expect(seen).toEqual([true, false]);
  });

  test('knows a screen that was locked before', () => {
    const power = new Power();
    power.state = 'locked';
    expect(open(power, 'win32')?.isLocked()).toBe(true);
  });

  test('is not there where Electron does not learn of the lock', () => {
    expect(open(new Power(), 'linux')).toBeUndefined();
  });
});

describe('the step-up port', () => {
  const preferences = (canPrompt: boolean, prompt: () => Promise<void>) => ({
    canPromptTouchID: () => canPrompt,
    promptTouchID: prompt,
  });

  test('confirms only when Touch ID does (security)', async () => {
    const yes = openStepUpPort(
      preferences(true, async () => undefined),
      'darwin',
      log,
    );
    expect(yes).toMatchObject({ method: 'Touch ID', reason: '' });
    expect(await yes.confirm('why')).toBe(true);
    const no = openStepUpPort(
      preferences(true, () => Promise.reject(new Error('cancelled'))),
      'darwin',
      log,
    );
    expect(await no.confirm('why')).toBe(false);
  });

  test('says why it cannot where there is none, and confirms nothing (security)', async () => {
    for (const [platform, canPrompt] of [
      ['darwin', false],
      ['linux', true],
      ['win32', true],
    ] as const) {
      const port = openStepUpPort(
        preferences(canPrompt, async () => undefined),
        platform,
        log,
      );
      expect(port.method).toBeNull();
      expect(port.reason).toMatch(/check/);
      expect(await port.confirm('why')).toBe(false);
    }
  });
});
