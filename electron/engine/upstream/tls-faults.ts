/** What to say where the encrypted connection itself failed, by the code of Node and OpenSSL; null: something else did. */
export function explainTls(code: string, address: string): { message: string; fix: string } | null {
  const known = words[code];
  if (known !== undefined) return { message: `${address} ${known.what}.`, fix: known.fix };
  if (!/CERT|TLS|SSL|SELF_SIGNED|LEAF_SIGNATURE/.test(code)) return null;
  return {
    message: `The certificate of ${address} is not trusted.`,
    fix: 'Check the address; do not go on if you did not expect this.',
  };
}

const ownAuthority =
  'If it is a server of your own, start ScopeGate with NODE_EXTRA_CA_CERTS set to the file of its authority; else do not go on.';

const words: Readonly<Record<string, { what: string; fix: string }>> = {
  CERT_HAS_EXPIRED: {
    what: 'shows a certificate that has expired',
    fix: 'Check the clock of this computer; if it is right, the server’s owner must renew the certificate.',
  },
  CERT_NOT_YET_VALID: {
    what: 'shows a certificate that is not valid yet',
    fix: 'Check the clock of this computer.',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    what: 'shows a certificate made for another name',
    fix: 'Check the spelling of the address; if it is right, somebody else may be answering.',
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: { what: 'shows a certificate that it signed itself', fix: ownAuthority },
  SELF_SIGNED_CERT_IN_CHAIN: {
    what: 'shows a certificate of an authority this computer does not know',
    fix: ownAuthority,
  },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: {
    what: 'shows a certificate of an authority this computer does not know',
    fix: ownAuthority,
  },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: {
    what: 'leaves out a part of its certificate chain, or its authority is not known here',
    fix: ownAuthority,
  },
  ERR_SSL_WRONG_VERSION_NUMBER: {
    what: 'does not answer encrypted',
    fix: 'If it is on this computer, write http:// in place of https://; else check the port.',
  },
  EPROTO: {
    what: 'and ScopeGate found no common way to encrypt',
    fix: 'Check the port of the address; a server that does not encrypt is reached by http:// on this computer only.',
  },
};
