import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashedValues, hashRow } from '../../../electron/engine/store/audit-chain.ts';
import {
  type AuditCheckpoint,
  checkpointText,
  isSignedRight,
} from '../../../electron/engine/store/audit-checkpoints.ts';
import { AuditMark, readMark } from '../../../electron/engine/store/audit-mark.ts';
import { hashedColumns } from '../../../electron/engine/store/audit-rows.ts';
import { realWrites } from '../../../electron/engine/store/slot-file.ts';
import { makeFolder } from '../store/samples.ts';

const documentText = readFileSync(join(import.meta.dirname, '../../../docs/audit-format.md'), 'utf8');

/** A block of the document by the name after its language. */
function vector(name: string): string {
  const found = new RegExp(`\`\`\`\\w+ vector-${name}\\n([\\s\\S]*?)\\n\`\`\``).exec(documentText)?.[1];
  if (found === undefined) throw new Error(`the document has no vector ${name}`);
  return found;
}

const rowHash = Buffer.from(vector('row-hash'), 'hex');
const seed = Buffer.from(vector('seed'), 'hex');
const [firstKey = '', nextKey = ''] = vector('keys').split('\n');

// what the document says, with nothing of the product in it
const privateKey = (of: Buffer) =>
  createPrivateKey({
    key: { kty: 'OKP', crv: 'Ed25519', d: of.toString('base64url'), x: publicOf(of).toString('base64url') },
    format: 'jwk',
  });
function publicOf(of: Buffer): Buffer {
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), of]);
  return createPublicKey(createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }))
    .export({ format: 'der', type: 'spki' })
    .subarray(-32);
}

describe('docs/audit-format.md', () => {
  it('names the columns in the order they are hashed', () => {
    const said = /\n(seq, id,[\s\S]*?findings)\n/.exec(documentText)?.[1];
    const split = (text = '') => text.split(',').map((name) => name.trim());
    expect(split(said)).toEqual(split(hashedColumns));
  });

  it('has the hash of its row, which is the one ScopeGate computes', () => {
    const text = vector('row');
    const bytes = Buffer.concat([Buffer.of(0), Buffer.from(text, 'utf8'), Buffer.alloc(32)]);
    expect(createHash('sha256').update(bytes).digest()).toEqual(rowHash);
    expect(hashRow(JSON.parse(text), Buffer.alloc(32))).toEqual(rowHash);
  });

  it('ends the text of an old row where it says, and never with something uncovered (security)', () => {
    const values: (string | number | null)[] = JSON.parse(vector('row'));
    const old = values.map((value, index) => (index < 23 ? value : index === 23 ? 1 : null));
    expect(hashedValues(old)).toEqual(old.slice(0, 23));
    const forged = old.map((value, index) => (index === 25 ? 'a credential' : value));
    expect(hashedValues(forged)).toEqual(forged);
  });

  it('has the keys, the text and the signature of its checkpoint, which ScopeGate finds right', () => {
    const after = createHash('sha256').update('scopegate audit key').update(seed).digest();
    expect(publicOf(seed).toString('hex')).toBe(firstKey);
    expect(publicOf(after).toString('hex')).toBe(nextKey);
    const text = Buffer.from(vector('checkpoint'), 'utf8');
    const signature = sign(null, text, privateKey(seed));
    expect(signature.toString('hex')).toBe(vector('signature'));
    const checkpoint: AuditCheckpoint = {
      ...{ n: 1, line: 1, epoch: 0, seq: 1, hash: rowHash, at: 1_700_000_060_000, prevHash: Buffer.alloc(32) },
      ...{ publicKey: Buffer.from(firstKey, 'hex'), nextKey: Buffer.from(nextKey, 'hex'), signature },
    };
    expect(checkpointText(checkpoint).toString('utf8')).toBe(vector('checkpoint'));
    expect(isSignedRight(checkpoint)).toBe(true);
    expect(isSignedRight({ ...checkpoint, seq: 2 })).toBe(false);
  });

  it('has the bytes of its mark, which ScopeGate writes and reads', () => {
    const path = join(makeFolder(), 'audit-mark');
    const mark = new AuditMark(path, realWrites);
    mark.write({ seq: 1, hash: rowHash });
    mark.close();
    // counter 1 goes to the second slot
    expect(readFileSync(path).subarray(4096).toString('hex')).toBe(vector('mark'));
    expect(readMark(path)).toEqual({ seq: 1, hash: rowHash });
    writeFileSync(path, Buffer.concat([Buffer.from(vector('mark'), 'hex'), Buffer.alloc(4096)]));
    expect(readMark(path)).toEqual({ seq: 1, hash: rowHash });
  });
});
