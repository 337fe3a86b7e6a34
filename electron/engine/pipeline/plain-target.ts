import type { Risk, RiskTier } from '../../shared/index.ts';
import { hashDefinition } from '../core/canonical.ts';
import type { TargetKind } from '../core/stages.ts';
import { describeSubject } from '../core/subject.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import type { Target } from './call-route.ts';

const kinds: Record<Exclude<TargetKind, 'tool' | 'ask'>, { word: string; tier: RiskTier; why: string }> = {
  prompt: { word: 'prompt', tier: 'read', why: 'Prompts only give text' },
  resource: { word: 'resource', tier: 'read', why: 'Resources are only read' },
  completion: { word: 'completion', tier: 'read', why: 'Completions only suggest values' },
  task: { word: 'task', tier: 'read', why: 'Belongs to a call that was made' },
  vendor: { word: 'server’s own method', tier: 'write', why: 'Nothing tells that it only reads' },
};

interface Described {
  kind: Exclude<TargetKind, 'tool' | 'ask'>;
  server: { id: string; name: string };
  /** The server's own name. */
  name: string;
  exposedName: string;
  arguments: JsonObject;
  params: JsonObject;
}

/** A target without a definition to pin: it stands for itself. */
export function describePlainTarget(about: Described): Target {
  const { kind, server, name, exposedName } = about;
  const { word, tier, why } = kinds[kind];
  const definition = { kind, name };
  const risk: Risk = { tier, reasons: [{ tier, text: why, source: 'kind of request' }] };
  const detail = describeSubject(about.arguments);
  return {
    tool: {
      ...{ kind, serverId: server.id, serverName: server.name, name, exposedName, definition },
      definitionHash: hashDefinition(definition),
      // there is nothing to review but the server itself, and an unreviewed one is not there
      reviewed: true,
    },
    risk,
    arguments: about.arguments,
    params: about.params,
    subject: detail === '' ? word : `${word}: ${detail}`.slice(0, 120),
  };
}
