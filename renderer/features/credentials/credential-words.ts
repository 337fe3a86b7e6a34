import {
  type AgentView,
  type CredentialBinding,
  type CredentialKind,
  type CredentialSource,
  type CredentialView,
  describeProgram,
  type Placement,
  type ServerView,
} from '../../../electron/shared/index.ts';
import type { IconName } from '../../ui/icon.tsx';
import type { StateTone } from '../../ui/state-word.tsx';

/** What stands where a value would: its length says nothing about the value's. */
const dots = '•••';

export const kindWords: Readonly<Record<CredentialKind, string>> = {
  bearer: 'Bearer token',
  header: 'Header',
  basic: 'User and password',
  query: 'Query parameter',
  env: 'Variable',
  oauth2: 'Sign-in (OAuth)',
};

interface CredentialLook {
  tone: StateTone;
  icon: IconName;
  word: string;
}

/** How a credential stands, what a person must act on first. */
export function describeCredential(credential: CredentialView): CredentialLook {
  if (credential.state === 'broken') return { tone: 'fault', icon: 'fault', word: 'Cannot be used' };
  if (credential.state === 'needs_sign_in') return { tone: 'ask', icon: 'hand', word: 'Needs sign-in' };
  if (credential.state === 'locked') return { tone: 'off', icon: 'lock', word: 'Locked' };
  if (credential.bindings.some(({ inactive }) => inactive !== null)) {
    return { tone: 'ask', icon: 'hand', word: 'Confirm its use' };
  }
  if (credential.bindings.length === 0) return { tone: 'off', icon: 'info', word: 'Not used yet' };
  return { tone: 'allow', icon: 'check', word: 'Ready' };
}

/** What is sent, with dots for the value: `Authorization: Bearer •••`, `?key=•••`, `API_KEY=•••`. */
export function previewPlacement(placement: Placement, username: string | null): string {
  if (placement.in === 'env') return `${placement.name}=${dots}`;
  if (placement.in === 'query') return `?${placement.name}=${dots}`;
  const value = username === null ? dots : `base64(${username}:${dots})`;
  return `${placement.name}: ${placement.prefix}${value}`;
}

/** Where a credential of this kind usually goes; with programs always a variable. */
export function usualPlacement(kind: CredentialKind, transport: ServerView['transport']['kind']): Placement {
  if (transport === 'stdio') return { in: 'env', name: kind === 'basic' ? 'PASSWORD' : 'API_KEY' };
  if (kind === 'query') return { in: 'query', name: 'key' };
  if (kind === 'header' || kind === 'env') return { in: 'header', name: 'X-API-Key', prefix: '' };
  return { in: 'header', name: 'Authorization', prefix: kind === 'basic' ? 'Basic ' : 'Bearer ' };
}

/** `in the vault`, `read from the variable GITHUB_TOKEN`. */
export function describeSource(source: CredentialSource): string {
  if (source.from === 'vault') return 'Kept in the vault';
  const { reference } = source;
  if (reference.startsWith('env:')) return `Read from the variable ${reference.slice(4)}`;
  if (reference.startsWith('file:')) return `Read from the file ${reference.slice(5)}`;
  return `Read from 1Password, ${reference}`;
}

/** `github, files for Cursor`: where a credential is used. */
export function listUses(
  bindings: readonly CredentialBinding[],
  servers: readonly ServerView[],
  agents: readonly AgentView[],
): string {
  return bindings
    .map(({ serverId, agentId }) => {
      const server = nameOf(servers, serverId);
      return agentId === null ? server : `${server} for ${nameOf(agents, agentId)}`;
    })
    .join(', ');
}

export function nameOf(list: readonly { id: string; name: string }[], id: string): string {
  return list.find((item) => item.id === id)?.name ?? id;
}

/** What the server may have a credential for: the origin of its address, or its program. */
export function targetOfServer(server: ServerView): string {
  const { transport } = server;
  return transport.kind === 'http' ? new URL(transport.url).origin : describeProgram(transport);
}

/** What stops working without a credential, one sentence each; empty: nothing. */
export function listBreaks(
  credential: CredentialView,
  servers: readonly ServerView[],
  agents: readonly AgentView[],
): string[] {
  return credential.bindings.map(({ serverId, agentId, placement }) => {
    const who = agentId === null ? 'Calls of every agent' : `Calls of ${nameOf(agents, agentId)}`;
    const server = nameOf(servers, serverId);
    const how = placement.in === 'env' ? `the program starts without ${placement.name}` : 'they are sent without it';
    return `${who} to ${server}: ${how}`;
  });
}
