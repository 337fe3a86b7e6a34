import { describe, expect, it } from 'vitest';
import { exposeName, exposeNames } from '../../../electron/engine/core/tool-names.ts';
import { fc } from '../../helpers/property.ts';

describe('exposeName', () => {
  it('joins server and tool by two underscores', () => {
    expect(exposeName('files', 'read_file')).toBe('files__read_file');
  });

  it('replaces characters clients do not accept', () => {
    expect(exposeName('web', 'weather.get now')).toBe('web__weather_get_now');
  });

  it('keeps 64 characters and shortens more to 55, an underscore and 8 hex digits', () => {
    expect(exposeName('s', 'x'.repeat(61))).toBe(`s__${'x'.repeat(61)}`);
    const long = exposeName('s', 'x'.repeat(62));
    expect(long).toMatch(/^s__x{52}_[0-9a-f]{8}$/);
    expect(long).toHaveLength(64);
  });

  it('tells long names apart that differ only at the end', () => {
    expect(exposeName('s', `${'x'.repeat(80)}a`)).not.toBe(exposeName('s', `${'x'.repeat(80)}b`));
  });
});

describe('exposeNames', () => {
  it('leaves the plain name to the tool that has it, whatever the order (security)', () => {
    for (const tools of [
      ['a b', 'a_b', 'a.b'],
      ['a_b', 'a.b', 'a b'],
    ]) {
      const names = exposeNames('s', tools);
      expect(names.get('a_b')).toBe('s__a_b');
      expect(names.get('a b')).toMatch(/^s__a_b_[0-9a-f]{8}$/);
      expect(new Set(names.values()).size).toBe(3);
    }
  });

  it('gives every tool a name of its own of at most 64 accepted characters', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z0-9-]{1,24}$/),
        fc.uniqueArray(fc.string({ minLength: 1, maxLength: 90 }), { maxLength: 12 }),
        (server, tools) => {
          const names = [...exposeNames(server, tools).values()];
          expect(new Set(names).size).toBe(tools.length);
          for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
        },
      ),
    );
  });
});
