import type { Armament, LinkCredentials, Opened, TokenRefusal } from './arming.ts';
import type { BindingRecord, CredentialRecord } from './store/vault-contract.ts';

/** A binding that applies to a link, with its credential. */
export interface BoundCredential {
  binding: BindingRecord;
  credential: CredentialRecord;
  /** Why it cannot be used; null: it can. */
  inactive: string | null;
}

export interface ArmingPorts {
  /** Newest state of what applies, the agent's own in the place of those for all. */
  bound(): readonly BoundCredential[];
  /** The value of a credential; a promise only where something has to be waited for. */
  read(credential: CredentialRecord): Opened<string> | Promise<Opened<string>>;
  refused(bound: readonly BoundCredential[], refusal: TokenRefusal, used: Armament): Promise<Opened<unknown>> | null;
}

/** The credentials of one link, read anew for each request so that what changes takes effect with the next one. */
export function makeLinkCredentials(ports: ArmingPorts): LinkCredentials {
  return {
    key: ports
      .bound()
      .map(({ binding }) => binding.id)
      .join(' '),
    processKey: () =>
      ports
        .bound()
        .map(({ binding, credential }) => `${binding.id}@${credential.version}`)
        .join(' '),
    forRequest: () => armRequest(ports),
    forProcess: () => armProcess(ports),
    refused: (refusal, used) => ports.refused(ports.bound(), refusal, used),
  };
}

const unarmed: Opened<Armament> = { ok: true, value: { headers: {}, query: [] } };

function armRequest(ports: ArmingPorts): Opened<Armament> | Promise<Opened<Armament>> {
  const bound = ports.bound();
  if (bound.length === 0) return unarmed;
  const values: (Opened<string> | Promise<Opened<string>>)[] = bound.map((one) => readOne(one, ports));
  const isWaiting = values.some((value) => value instanceof Promise);
  if (isWaiting) return Promise.all(values).then((read) => fillRequest(bound, read));
  return fillRequest(bound, values as Opened<string>[]);
}

function readOne(one: BoundCredential, ports: ArmingPorts): Opened<string> | Promise<Opened<string>> {
  if (one.inactive !== null) return { ok: false, why: describeInactive(one) };
  return ports.read(one.credential);
}

export function describeInactive({ credential, inactive }: BoundCredential) {
  return {
    state: 'broken' as const,
    message: `The credential ${credential.name} is not used: ${inactive ?? ''}`,
    fix: 'Confirm or change it under Credentials.',
  };
}

function fillRequest(bound: readonly BoundCredential[], values: readonly Opened<string>[]): Opened<Armament> {
  const headers: Record<string, string> = {};
  const query: (readonly [string, string])[] = [];
  for (const [index, { binding, credential }] of bound.entries()) {
    const read = values[index];
    if (read === undefined || !read.ok) return read ?? unread;
    const { placement } = binding;
    const value = shapeValue(credential, read.value);
    if (placement.in === 'query') query.push([placement.name, value]);
    else if (placement.in === 'header') {
      if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) return { ok: false, why: unfitValue(credential.name, 'a header') };
      headers[placement.name.toLowerCase()] = `${placement.prefix}${value}`;
    }
  }
  return { ok: true, value: { headers, query } };
}

async function armProcess(ports: ArmingPorts): Promise<Opened<Record<string, string>>> {
  const variables: Record<string, string> = {};
  for (const one of ports.bound()) {
    const read = await readOne(one, ports);
    if (!read.ok) return read;
    const value = shapeValue(one.credential, read.value);
    if (value.includes('\0')) return { ok: false, why: unfitValue(one.credential.name, 'a variable') };
    if (one.binding.placement.in === 'env') variables[one.binding.placement.name] = value;
  }
  return { ok: true, value: variables };
}

/** What is sent of a value: a name and password as RFC 7617 writes them, everything else as it is. */
export function shapeValue({ kind, username }: Pick<CredentialRecord, 'kind' | 'username'>, value: string): string {
  return kind === 'basic' ? Buffer.from(`${username ?? ''}:${value}`).toString('base64') : value;
}

function unfitValue(name: string, where: string) {
  return {
    state: 'broken' as const,
    message: `The value of ${name} has characters that ${where} cannot carry.`,
    fix: 'Replace it; look for line breaks or invisible characters.',
  };
}

const unread: Opened<never> = {
  ok: false,
  why: { state: 'broken', message: 'A credential could not be read.', fix: 'Try again.' },
};
