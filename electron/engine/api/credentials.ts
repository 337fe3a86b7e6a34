import { BridgeFault } from '../faults.ts';
import type { CredentialRecord } from '../store/vault-contract.ts';
import type { EngineParts } from './context.ts';
import type { HandlersFor } from './handlers.ts';

type Details = Record<string, string | number | boolean | null>;

export function makeCredentialHandlers(parts: EngineParts): HandlersFor<'credentials'> {
  const { audit, store } = parts;
  const { book, references } = parts.credentials;
  const record = (event: string, credential: Pick<CredentialRecord, 'name'>, details: Details = {}) => {
    if (audit.append({ event, actor: 'person', details: { credential: credential.name, ...details } })) return;
    throw new BridgeFault(
      'unavailable',
      'The audit log cannot be written, so nothing was changed.',
      'Free disk space or mend the data folder.',
    );
  };

  return {
    'credentials.add': async (draft) => {
      record('credential.added', draft, { kind: draft.kind, from: draft.source.from });
      return book.view(await book.add(draft));
    },
    'credentials.rename': ({ id, name }) => {
      record('credential.renamed', book.existing(id), { to: name });
      book.rename(id, name);
      return {};
    },
    'credentials.replace': async ({ id, source }) => {
      record('credential.replaced', book.existing(id), { from: source.from });
      await book.replace(id, source);
      return {};
    },
    'credentials.remove': ({ id }) => {
      record('credential.removed', book.existing(id));
      book.remove(id);
      return {};
    },
    'credentials.restore': ({ id }) => {
      record('credential.restored', { name: id });
      book.restore(id);
      return {};
    },
    'credentials.bind': ({ id, serverId, agentId, placement }) => {
      record('credential.bound', book.existing(id), { server: serverId, agent: agentId, in: placement.in });
      book.bind(id, serverId, agentId, placement);
      return {};
    },
    'credentials.unbind': ({ id, bindingId }) => {
      record('credential.unbound', book.existing(id), { binding: bindingId });
      book.unbind(id, bindingId);
      return {};
    },
    'credentials.confirm': ({ id, bindingId, boundTo }) => {
      // of a program only its name: an argument may be a secret
      const [kind, name] = boundTo.split(' ');
      record('credential.confirmed', book.existing(id), {
        binding: bindingId,
        boundTo: name === undefined ? boundTo : `${kind} ${name}`,
      });
      book.confirm(id, bindingId, boundTo);
      return {};
    },
    'credentials.uses': ({ id, before, limit }) => {
      const uses = store.credentialUses(book.existing(id).id, before, limit + 1);
      return { uses: uses.slice(0, limit), more: uses.length > limit };
    },
    'credentials.checkReference': async ({ reference }) => {
      const read = await references.read(reference);
      return read.ok ? { ok: true, message: '' } : { ok: false, message: `${read.why.message} ${read.why.fix}` };
    },
    'credentials.sources': async () => ({ onePassword: await references.hasOnePassword() }),
  };
}
