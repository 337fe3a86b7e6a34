import { describe, expect, it } from 'vitest';
import { programKey, raiseForProgram, suspectProgram } from '../../../electron/engine/core/program-path.ts';

const process = (path: string) => ({ pid: 1, path, parent: null, throughConnect: false });

describe('the program behind a token', () => {
  it('nothing is expected before one was seen', () => {
    expect(suspectProgram(process('/usr/bin/evil'), [])).toBeNull();
    expect(suspectProgram(null, [])).toBeNull();
  });

  it('another program, or one that cannot be found, is suspect (security)', () => {
    expect(suspectProgram(process('/opt/claude'), ['/opt/claude'])).toBeNull();
    expect(suspectProgram(process('/tmp/claude'), ['/opt/claude'])).toContain('/tmp/claude');
    expect(suspectProgram(null, ['/opt/claude', '/opt/other'])).toContain('and 1 more');
  });

  it('an update that only changes the version in the path is the same program', () => {
    expect(programKey('/home/me/.nvm/versions/node/v22.1.0/bin/node')).toBe(
      programKey('/home/me/.nvm/versions/node/v24.11.1/bin/node'),
    );
    expect(programKey('/opt/claude/versions/2.1.3')).toBe(programKey('/opt/claude/versions/2.2.0 (deleted)'));
    expect(programKey('C:\\Apps\\Agent\\agent.exe')).toBe(programKey('c:\\apps\\agent\\AGENT.EXE'));
    expect(programKey('/opt/a/bin/node')).not.toBe(programKey('/opt/b/bin/node'));
    expect(programKey('/opt/claude/1.0/x')).not.toBe(programKey('/opt/claude/evil/x'));
  });

  it('raises any tier to the highest, and says so first', () => {
    const risk = { tier: 'read', reasons: [{ tier: 'read', text: 'reads', source: 'name' }] } as const;
    const raised = raiseForProgram({ ...risk, reasons: [...risk.reasons] }, 'The token is used by /tmp/x');
    expect(raised.tier).toBe('secret');
    expect(raised.reasons[0]).toMatchObject({ text: 'The token is used by /tmp/x', source: 'connection' });
    expect(raised.reasons).toHaveLength(2);
  });
});
