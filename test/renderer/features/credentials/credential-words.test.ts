import { describe, expect, it } from 'vitest';
import type { CredentialBinding, CredentialView } from '../../../../electron/shared/index.ts';
import {
  describeCredential,
  listBreaks,
  previewPlacement,
  usualPlacement,
} from '../../../../renderer/features/credentials/credential-words.ts';

function makeBinding(own: Partial<CredentialBinding> = {}): CredentialBinding {
  return {
    id: 'binding-1',
    serverId: 'github',
    agentId: null,
    placement: { in: 'header', name: 'Authorization', prefix: 'Bearer ' },
    boundTo: 'https://api.example.com',
    inactive: null,
    ...own,
  };
}

function makeCredential(id: string, own: Partial<CredentialView> = {}): CredentialView {
  return {
    id,
    name: id,
    kind: 'bearer',
    source: { from: 'vault' },
    username: null,
    state: 'ready',
    problem: null,
    bindings: [makeBinding()],
    createdAt: 1,
    rotatedAt: null,
    lastUsedAt: null,
    usedBy: [],
    oauth: null,
    ...own,
  };
}

describe('what is sent', () => {
  it('is shown with dots in place of the value', () => {
    expect(previewPlacement(usualPlacement('bearer', 'http'), null)).toBe('Authorization: Bearer •••');
    expect(previewPlacement(usualPlacement('basic', 'http'), 'sam')).toBe('Authorization: Basic base64(sam:•••)');
    expect(previewPlacement(usualPlacement('query', 'http'), null)).toBe('?key=•••');
    expect(previewPlacement(usualPlacement('header', 'http'), null)).toBe('X-API-Key: •••');
    for (const kind of ['bearer', 'header', 'query', 'env'] as const) {
      expect(previewPlacement(usualPlacement(kind, 'stdio'), null)).toBe('API_KEY=•••');
    }
  });
});

describe('the state of a credential', () => {
  it('says what a person must act on first', () => {
    const inactive = [makeBinding({ inactive: 'The address changed.' })];
    const word = (own: Partial<CredentialView>) => describeCredential(makeCredential('a', own)).word;
    expect(word({})).toBe('Ready');
    expect(word({ bindings: [] })).toBe('Not used yet');
    expect(word({ bindings: inactive })).toBe('Confirm its use');
    expect(word({ bindings: inactive, state: 'locked' })).toBe('Locked');
    expect(word({ state: 'broken' })).toBe('Cannot be used');
    expect(word({ state: 'needs_sign_in' })).toBe('Needs sign-in');
  });
});

describe('removing', () => {
  it('lists for whom and where something stops', () => {
    const env = makeBinding({ agentId: 'a', serverId: 'files', placement: { in: 'env', name: 'KEY' } });
    const credential = makeCredential('key', { bindings: [makeBinding(), env] });
    expect(listBreaks(credential, [], [])).toEqual([
      'Calls of every agent to github: they are sent without it',
      'Calls of a to files: the program starts without KEY',
    ]);
  });
});
