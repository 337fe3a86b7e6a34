import { told } from '../core/refusals.ts';
import type { DecidedCall, ResolvedCall } from '../core/stages.ts';
import type { PipelinePorts } from './ports.ts';
import { auditFacts, type End } from './settle.ts';

/**
 * A call whose arguments the person replaced enters again at validation; the decision that follows is made on it anew,
 * so that Block still wins. Both versions are in the log before anything is sent.
 */
export function enterEdited(
  ports: PipelinePorts,
  call: DecidedCall,
  edited: ResolvedCall,
): { ok: true; call: DecidedCall } | { ok: false; end: End } {
  const { definition, definitionHash, serverId, name } = edited.tool;
  const valid = ports.validator.check(definitionHash, definition, edited.arguments);
  if (!valid.ok)
    return {
      ok: false,
      end: { outcome: 'invalid_arguments', reasonCode: 'edited_schema', told: valid.message, about: edited },
    };
  const written = ports.audit.append({
    ...auditFacts(edited, call.decision),
    event: 'call.edited',
    actor: 'person',
    details: { originalDigest: call.argumentsDigest, originalSubject: call.subject },
  });
  if (!written)
    return { ok: false, end: { outcome: 'degraded', reasonCode: 'audit', told: told.degraded, about: edited } };
  ports.journal.resolved(call.id, { ...edited, serverId, tool: name });
  ports.journal.note(call.id, 'edited by the person');
  return { ok: true, call: { ...edited, id: call.id, decision: call.decision } };
}
