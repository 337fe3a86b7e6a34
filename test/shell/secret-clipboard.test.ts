import { describe, expect, test } from 'vitest';
import { createSecretClipboard } from '../../electron/shell/secret-clipboard.ts';

function makeBench(text: string) {
  const system = { text };
  const clipboard = createSecretClipboard({
    readText: () => system.text,
    clear: () => {
      system.text = '';
    },
  });
  return { system, clipboard };
}

describe('the clipboard of the app', () => {
  test('is emptied once of the very text that was taken from it', async () => {
    const { system, clipboard } = makeBench('a secret');
    expect(await clipboard.take()).toBe('a secret');
    expect(await clipboard.clear()).toBe(true);
    expect(system.text).toBe('');
    expect(await clipboard.clear()).toBe(false);
  });

  test('keeps what was copied since, and what was never taken', async () => {
    const { system, clipboard } = makeBench('a letter');
    expect(await clipboard.clear()).toBe(false);
    await clipboard.take();
    system.text = 'another letter';
    expect(await clipboard.clear()).toBe(false);
    expect(system.text).toBe('another letter');
  });

  test('gives out nothing that is too long to be a secret', async () => {
    const { clipboard } = makeBench('x'.repeat(64 * 1024 + 1));
    expect(await clipboard.take()).toBe('');
  });
});
