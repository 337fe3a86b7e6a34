import { describe, expect, it } from 'vitest';
import { moreVerbose, passesLevel, readLogLevel } from '../../../electron/engine/eras/log-levels.ts';
import { closeResponse } from '../../../electron/engine/eras/raw-message.ts';
import { progressTokenOf, requestLogLevel } from '../../../electron/engine/eras/request-meta.ts';
import { readUrlElicitations } from '../../../electron/engine/eras/url-elicitations.ts';

describe('log levels', () => {
  it('pass from the asked one up, and unknown ones always', () => {
    expect(passesLevel('error', 'warning')).toBe(true);
    expect(passesLevel('info', 'warning')).toBe(false);
    expect(passesLevel('acme', 'emergency')).toBe(true);
    expect(moreVerbose('error', 'debug')).toBe('debug');
    expect(moreVerbose('error', null)).toBe('error');
    expect(readLogLevel('loud')).toBeNull();
  });
});

describe('the meta of a request', () => {
  it('tells its log level and its progress token', () => {
    expect(requestLogLevel({ _meta: { 'io.modelcontextprotocol/logLevel': 'notice' } })).toBe('notice');
    expect(requestLogLevel({})).toBeNull();
    expect(progressTokenOf({ _meta: { progressToken: 0 } })).toBe(0);
    expect(progressTokenOf({ _meta: { progressToken: {} } })).toBeNull();
  });
});

describe('an error that wants a page opened', () => {
  const error = (code: number, data: { elicitations: { url?: string; message: string }[] }) =>
    closeResponse({ has: 'error', error: { code, message: 'm', data } });

  it('becomes questions with every member of the server’s', () => {
    const found = readUrlElicitations(
      error(-32042, { elicitations: [{ url: 'https://a.test/', message: 'Open' }, { message: 'no address' }] }),
    );
    expect(found).toEqual([{ mode: 'url', url: 'https://a.test/', message: 'Open' }]);
  });

  it('is nothing else’s', () => {
    expect(
      readUrlElicitations(error(-32603, { elicitations: [{ url: 'https://a.test/', message: '-32042' }] })),
    ).toEqual([]);
    expect(readUrlElicitations(closeResponse({ has: 'result', result: { text: '-32042' } }))).toEqual([]);
  });
});
