import { describe, expect, it } from 'vitest';
import { joinCommandLine, splitCommandLine } from '../../../../renderer/features/servers/split-command.ts';
import { fc } from '../../../helpers/property.ts';

function parts(line: string) {
  const result = splitCommandLine(line);
  if (!result.ok) throw new Error(result.message);
  return result.parts;
}

function refusal(line: string): string {
  const result = splitCommandLine(line);
  return result.ok ? '' : result.message;
}

describe('splitting a command line', () => {
  it('takes the first word as the program and the rest as arguments', () => {
    expect(parts('npx -y  server-memory')).toEqual({ command: 'npx', args: ['-y', 'server-memory'], env: {} });
  });

  it('keeps quoted words together and drops the quotes', () => {
    expect(parts(`node "a b.js" 'c "d"' e"f g"`).args).toEqual(['a b.js', 'c "d"', 'ef g']);
  });

  it('keeps an empty quoted word', () => {
    expect(parts(`run ""`).args).toEqual(['']);
  });

  it('leaves the backslashes of Windows paths alone', () => {
    expect(parts(String.raw`C:\tools\server.exe "D:\my files\x"`)).toMatchObject({
      command: String.raw`C:\tools\server.exe`,
      args: [String.raw`D:\my files\x`],
    });
  });

  it('lets a backslash protect a space or a quote', () => {
    expect(parts(String.raw`run my\ file \"x\" "say \"hi\""`).args).toEqual(['my file', '"x"', 'say "hi"']);
  });

  it('turns leading assignments into environment variables', () => {
    expect(parts('A=1 B="x y" run C=2')).toEqual({ command: 'run', args: ['C=2'], env: { A: '1', B: 'x y' } });
  });

  it('drops the prompt sign of a copied line', () => {
    expect(parts('$ npx x').command).toBe('npx');
  });

  it.each(['a | b', 'a && b', 'a; b', 'a > out', 'a 2>&1', 'a &'])('refuses shell syntax: %s', (line) => {
    expect(refusal(line)).toContain('without a shell');
  });

  it.each(['run ~/x', 'run $HOME/x', 'run $(date)', 'run `date`'])('refuses what only a shell expands: %s', (line) => {
    expect(refusal(line)).toContain('without a shell');
  });

  it('takes quoted shell syntax as text', () => {
    expect(parts(`run "|" 'a && b' '$HOME'`).args).toEqual(['|', 'a && b', '$HOME']);
  });

  it('says when a quote is not closed and when there is no command', () => {
    expect(refusal('run "x')).toContain('double quote');
    expect(refusal(`run 'x`)).toContain('single quote');
    expect(refusal('  ')).toContain('command');
    expect(refusal('A=1')).toContain('command');
  });

  it('splits what it joined back into the same words', () => {
    const word = fc.string({ unit: fc.constantFrom('a', ' ', '\\', '"', "'", '$', '~', '|', '='), maxLength: 8 });
    const command = word.filter((text) => /^[a-z]/.test(text) && !text.includes('='));
    fc.assert(
      fc.property(command, fc.array(word), (program, args) => {
        expect(parts(joinCommandLine(program, args))).toEqual({ command: program, args, env: {} });
      }),
    );
  });
});
