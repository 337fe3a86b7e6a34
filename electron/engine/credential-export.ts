import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type BridgeResult, type CredentialDraft, credentialDraftSchema } from '../shared/index.ts';
import type { CredentialBook } from './credential-book.ts';
import { BridgeFault } from './faults.ts';
import { deriveKey, newDerivation, openWithPassphrase, SealDamaged, sealUnder } from './vault/passphrase.ts';
import type { CredentialVault } from './vault/vault.ts';

/** What every export is bound to: it opens as nothing else. */
const place = 'v1|export';
const fileSchema = z.strictObject({
  format: z.literal('scopegate-credentials'),
  version: z.literal(1),
  sealed: z.base64(),
});
const contentSchema = z.strictObject({ credentials: z.array(credentialDraftSchema).max(10_000) });

interface Ground {
  book: CredentialBook;
  vault: CredentialVault;
  now: number;
}

/**
 * All credentials with their values as one text, sealed under a passphrase (`docs/vault-format.md`). Sign-ins stay: their
 * tokens belong to the client that made them. Throws `BridgeFault` when a value cannot be read: an export that lacks one
 * would be found out when it is needed.
 */
export async function exportCredentials(ground: Ground, passphrase: string): Promise<BridgeResult<'vault.export'>> {
  const drafts = ground.book.records().flatMap((credential) => {
    const { name, kind, source, secretId, username } = credential;
    if (kind === 'oauth2') return [];
    const opened = source.from === 'reference' ? source : readValue(ground, name, secretId ?? '');
    const draft =
      kind === 'basic' ? { kind, name, username: username ?? '', source: opened } : { kind, name, source: opened };
    return [draft satisfies CredentialDraft];
  });
  const derivation = newDerivation(randomBytes);
  const key = await deriveKey(passphrase, derivation);
  const plain = Buffer.from(JSON.stringify({ credentials: drafts }));
  const sealed = sealUnder(key, derivation, plain, place, randomBytes);
  key.fill(0);
  plain.fill(0);
  const file = { format: 'scopegate-credentials', version: 1, sealed: sealed.toString('base64') };
  const day = new Date(ground.now).toISOString().slice(0, 10);
  return {
    ok: true,
    fileName: `scopegate-credentials-${day}.json`,
    text: `${JSON.stringify(file)}\n`,
    credentials: drafts.length,
  };
}

function readValue({ vault }: Ground, name: string, secretId: string): { from: 'vault'; value: string } {
  const opened = vault.use(secretId);
  if (opened.ok) return { from: 'vault', value: opened.value };
  throw new BridgeFault('conflict', `${name} cannot be exported: ${opened.why.message}`, opened.why.fix);
}

/** Adds what an export holds. Nothing is added when the file or the passphrase is wrong. */
export async function importCredentials(
  ground: Ground,
  passphrase: string,
  text: string,
): Promise<BridgeResult<'vault.import'>> {
  const read = await readExport(passphrase, text);
  if (!read.ok) return { ok: false, message: read.message, added: 0, skipped: 0 };
  let added = 0;
  for (const draft of read.drafts) {
    if (isKnown(ground, draft)) continue;
    await ground.book.add({ ...draft, name: ground.book.freeName(draft.name) });
    added += 1;
  }
  return { ok: true, message: '', added, skipped: read.drafts.length - added };
}

type ReadExport = { ok: true; drafts: CredentialDraft[] } | { ok: false; message: string };

async function readExport(passphrase: string, text: string): Promise<ReadExport> {
  const file = fileSchema.safeParse(parseJson(text));
  if (!file.success) return { ok: false, message: 'This is not an export of ScopeGate, or it is cut off.' };
  try {
    const opened = await openWithPassphrase(passphrase, Buffer.from(file.data.sealed, 'base64'), place);
    if (opened === null) return { ok: false, message: 'This is not the passphrase of this export.' };
    opened.key.fill(0);
    const content = contentSchema.safeParse(parseJson(opened.plain.toString('utf8')));
    opened.plain.fill(0);
    if (content.success) return { ok: true, drafts: content.data.credentials };
    return { ok: false, message: 'This export was made by another version of ScopeGate.' };
  } catch (error) {
    if (error instanceof SealDamaged) return { ok: false, message: 'This export is damaged or cut off.' };
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isKnown({ book, vault }: Ground, draft: CredentialDraft): boolean {
  return book.records().some((credential) => {
    if (credential.name !== draft.name || credential.kind !== draft.kind) return false;
    const { source, secretId } = credential;
    if (source.from === 'reference' || draft.source.from === 'reference') {
      return source.from === draft.source.from && JSON.stringify(source) === JSON.stringify(draft.source);
    }
    const opened = vault.use(secretId ?? '');
    return opened.ok && opened.value === draft.source.value;
  });
}
