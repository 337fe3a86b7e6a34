import { type CredentialSource, credentialReferenceSchema } from '../../../electron/shared/index.ts';

/** Where a value comes from, as the form has it. */
export type SourceForm = 'value' | 'env' | 'file' | 'op';

export interface SourceDraft {
  form: SourceForm;
  /** The value itself; never kept beyond the form. */
  value: string;
  /** The name of a variable, a path, or `op://…`. */
  reference: string;
}

export const emptySource: SourceDraft = { form: 'value', value: '', reference: '' };

export type GivenSource = { from: 'vault'; value: string } | { from: 'reference'; reference: string };

/** What the engine is given, or what is wrong with the form. Line ends around a pasted value are never part of it. */
export function readSource(draft: SourceDraft): { ok: true; source: GivenSource } | { ok: false; error: string } {
  if (draft.form === 'value') {
    const value = draft.value.replace(/[\r\n]+$/, '');
    return value === '' ? { ok: false, error: 'Enter the value.' } : { ok: true, source: { from: 'vault', value } };
  }
  const reference = referenceOf(draft);
  if (credentialReferenceSchema.safeParse(reference).success) {
    return { ok: true, source: { from: 'reference', reference } };
  }
  return { ok: false, error: referenceErrors[draft.form] };
}

const referenceErrors: Readonly<Record<Exclude<SourceForm, 'value'>, string>> = {
  env: 'Enter the name of a variable: letters, digits and underscores.',
  file: 'Enter the whole path of a file.',
  op: 'Enter it as 1Password shows it: op://vault/item/field.',
};

export function referenceOf({ form, reference }: SourceDraft): string {
  const text = reference.trim();
  if (form === 'op' || text.startsWith(`${form}:`)) return text;
  return `${form}:${text}`;
}

/** The form that stands for what a credential has now; a value in the vault is never shown again. */
export function draftOfSource(source: CredentialSource): SourceDraft {
  if (source.from === 'vault') return emptySource;
  const { reference } = source;
  if (reference.startsWith('op://')) return { form: 'op', value: '', reference };
  const [form, ...rest] = reference.split(':');
  return { form: form === 'file' ? 'file' : 'env', value: '', reference: rest.join(':') };
}
