import { told } from '../core/refusals.ts';
import { editResponse } from '../eras/edit-response.ts';
import { closeResponse } from '../eras/raw-message.ts';
import { LinkFault } from '../upstream/link.ts';
import { type RawResponse, rpcErrorCodes } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';
import { findLooseMember } from '../wire/raw-response.ts';
import { parseStrictJson } from '../wire/strict-json.ts';
import { type ForwardedCall, sendAndOpenPages } from './forward-call.ts';
import { governQuestions, passAnswers, type TaskScene } from './govern-task.ts';
import type { PipelinePorts } from './ports.ts';

/**
 * The effect of a modern request about a task: answers go only to questions the agent may still see, and of the state that
 * comes back it gets only those. All other bytes stay the server's own.
 */
export async function sendForTask(
  ports: PipelinePorts,
  forwarded: ForwardedCall,
  scene: TaskScene,
): Promise<RawResponse> {
  const { params, exchange } = forwarded.call;
  ports.questions.noteSession(scene.task, exchange.session);
  if (isObject(params.inputResponses) && !passAnswers(ports, scene, params.inputResponses)) {
    const fault = { code: 'other', message: told.withheld, fix: '', detail: '', at: ports.clock.now() } as const;
    throw new LinkFault('withheld', fault);
  }
  const response = await sendAndOpenPages(ports, forwarded);
  const at = findLooseMember(response, 'inputRequests');
  if (at === null) return response;
  const asked = at === 'ambiguous' ? null : parseStrictJson(response.bytes.subarray(at.start, at.end));
  if (at === 'ambiguous' || !asked?.ok)
    return stuckResponse('The task cannot go on: its server asks in a form that two readers would read differently.');
  if (asked.value === null) return response;
  const { shown, isWhole, stuck } = await governQuestions(ports, scene, asked.value);
  if (stuck !== null) return stuckResponse(stuck);
  return isWhole ? response : editResponse(response, [{ ...at, with: Buffer.from(JSON.stringify(shown)) }]);
}

/** In place of a state nobody can act on: an agent that polls would wait for ever. */
function stuckResponse(message: string): RawResponse {
  return closeResponse({ has: 'error', error: { code: rpcErrorCodes.internal, message } });
}
