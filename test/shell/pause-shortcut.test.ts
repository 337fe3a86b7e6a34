import { describe, expect, test, vi } from 'vitest';
import { PauseKeys } from '../../electron/shell/pause-shortcut.ts';

function make(over: { isWanted?: boolean; register?: () => boolean; platform?: NodeJS.Platform } = {}) {
  const pressed: (() => void)[] = [];
  const ports = {
    keyboard: {
      register: vi.fn((_keys: string, callback: () => void) => {
        pressed.push(callback);
        return over.register?.() ?? true;
      }),
      unregister: vi.fn(),
    },
    platform: over.platform ?? 'linux',
    isWanted: () => over.isWanted ?? true,
    setWanted: vi.fn(),
    pause: vi.fn(async () => undefined),
    onChanged: vi.fn(),
  };
  return { keys: new PauseKeys(ports), ports, pressed };
}

describe('the keys that pause all agents', () => {
  test('pause, each time they are pressed, and never resume (security)', () => {
    const { keys, ports, pressed } = make();
    expect(keys.state).toEqual({ keys: 'Ctrl+Alt+Shift+P', status: 'on' });
    pressed[0]?.();
    pressed[0]?.();
    expect(ports.pause.mock.calls).toEqual([[], []]);
  });

  test.each([
    () => false,
    () => {
      throw new Error('no keyboard here');
    },
  ])('say when they cannot be had, and try again when turned on', (register) => {
    const { keys, ports } = make({ register });
    expect(keys.state.status).toBe('taken');
    keys.setWanted(true);
    expect(ports.keyboard.register).toHaveBeenCalledTimes(2);
    expect(ports.keyboard.unregister).not.toHaveBeenCalled();
    expect(ports.onChanged).toHaveBeenCalledOnce();
  });

  test('are given back when turned off and at the end, and stay off at the next start', () => {
    const { keys, ports } = make();
    keys.setWanted(false);
    expect(keys.state.status).toBe('off');
    expect(ports.setWanted).toHaveBeenCalledExactlyOnceWith(false);
    expect(ports.keyboard.unregister).toHaveBeenCalledOnce();
    keys.setWanted(true);
    keys.close();
    expect(ports.keyboard.unregister).toHaveBeenCalledTimes(2);

    const next = make({ isWanted: false });
    expect(next.keys.state.status).toBe('off');
    expect(next.ports.keyboard.register).not.toHaveBeenCalled();
  });

  test('are written as the system writes keys', () => {
    expect(make({ platform: 'darwin' }).keys.state.keys).toBe('⌥⇧⌘P');
  });
});
