import { expect, test } from 'vitest';
import { explainTls } from '../../../electron/engine/upstream/tls-faults.ts';

test.each([
  ['CERT_HAS_EXPIRED', /expired/],
  ['ERR_TLS_CERT_ALTNAME_INVALID', /another name/],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', /signed itself/],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /certificate chain/],
  ['ERR_SSL_WRONG_VERSION_NUMBER', /not answer encrypted/],
  ['ERR_SSL_SOMETHING_NEW', /not trusted/],
])('%s is told in words, with what to do', (code, words) => {
  const told = explainTls(code, 'https://mcp.example');
  expect(told?.message).toMatch(words);
  expect(told?.fix).not.toBe('');
});

test('what has nothing to do with encryption is left to others', () => {
  expect(explainTls('ECONNRESET', 'https://mcp.example')).toBeNull();
});
