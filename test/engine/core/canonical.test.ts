import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  canonicalJson,
  digestArguments,
  digestRequest,
  hashDefinition,
} from '../../../electron/engine/core/canonical.ts';

const key = createSecretKey(Buffer.alloc(32, 7));
const request = {
  agentId: 'a',
  method: 'tools/call',
  kind: 'tool',
  serverId: 's',
  tool: 't',
  definitionHash: 'd',
  argumentsDigest: 'x',
  otherDigest: 'o',
};

describe('canonical digests', () => {
  it('do not depend on the order of members', () => {
    expect(canonicalJson({ b: 1, a: [{ d: 2, c: 3 }] })).toBe('{"a":[{"c":3,"d":2}],"b":1}');
    expect(hashDefinition({ name: 't', description: 'x' })).toBe(hashDefinition({ description: 'x', name: 't' }));
  });

  it('change with any change of a definition (security)', () => {
    expect(hashDefinition({ name: 't', description: 'x' })).not.toBe(hashDefinition({ name: 't', description: 'x ' }));
  });

  it('cannot be computed without the key (security)', () => {
    expect(digestArguments(key, { pin: '1234' })).not.toBe(
      digestArguments(createSecretKey(Buffer.alloc(32, 8)), { pin: '1234' }),
    );
  });

  it('differ for every member a request is bound to (security)', () => {
    const base = digestRequest(key, request);
    for (const member of Object.keys(request))
      expect(digestRequest(key, { ...request, [member]: 'other' })).not.toBe(base);
  });

  it('do not let text move from one member to the next (security)', () => {
    expect(digestRequest(key, { ...request, serverId: 'st', tool: '' })).not.toBe(
      digestRequest(key, { ...request, serverId: 's', tool: 't' }),
    );
  });
});
