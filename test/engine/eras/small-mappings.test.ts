import { describe, expect, it } from 'vitest';
import { moreVerbose, passesLevel, readLogLevel } from '../../../electron/engine/eras/log-levels.ts';
import { closeResponse } from '../../../electron/engine/eras/raw-message.ts';
import { progressTokenOf, requestLogLevel } from '../../../electron/engine/eras/request-meta.ts';
import { readUrlRefusal } from '../../../electron/engine/eras/url-elicitations.ts';

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
    const found = readUrlRefusal(
      error(-32042, { elicitations: [{ url: 'https://a.test/', message: 'Open' }, { message: 'no address' }] }),
    );
    expect(found).toEqual({ pages: [{ mode: 'url', url: 'https://a.test/', message: 'Open' }], isWhole: false });
  });

  it('is known by its code however that is spelled (security)', () => {
    const bytes = Buffer.from(
      '{"jsonrpc":"2.0","id":0,"error":{"code":-3.2042e4,"message":"m","data":{"elicitations":[{"url":"https://a.test/"}]}}}',
    );
    expect(readUrlRefusal({ bytes, idStart: 20, idEnd: 21, has: 'error' })?.isWhole).toBe(true);
  });

  it('is nothing else’s', () => {
    expect(readUrlRefusal(error(-32603, { elicitations: [{ url: 'https://a.test/', message: '-32042' }] }))).toBeNull();
    expect(readUrlRefusal(closeResponse({ has: 'result', result: { text: '-32042' } }))).toBeNull();
  });
});
