import type { Outcome } from '../../shared/index.ts';
import { hashBytes } from '../core/canonical.ts';
import { describeSubject } from '../core/subject.ts';
import type { AgentIdentity } from '../exchange.ts';
import type { JsonObject, RawResponse } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';
import { findResultMember, resultIsToolError, saysIsError } from '../wire/raw-response.ts';
import type { PipelinePorts } from './ports.ts';
import type { KnownTask } from './task-table.ts';

const ends: Readonly<Record<string, Outcome>> = { completed: 'ok', failed: 'tool_error', cancelled: 'cancelled' };

/** What a message says of the end of a task. */
interface TaskEnd {
  status: string;
  isError: boolean;
  /** The result or error as it came; null: there is none in it. */
  payload: Buffer | null;
}

/** A response to a request about a task, which may tell its end. False: that cannot be written down. */
export function noteEndInResponse(
  ports: PipelinePorts,
  agent: AgentIdentity,
  task: KnownTask,
  method: string,
  response: RawResponse,
): boolean {
  if (response.has === 'error' || method === 'tasks/update') return true;
  // it waits for the end and is the call's own result (2025-11-25)
  if (method === 'tasks/result')
    return noteEnd(ports, agent, task, {
      status: 'completed',
      isError: resultIsToolError(response),
      payload: response.bytes,
    });
  const status = readText(findResultMember(response, 'status'));
  if (!Object.hasOwn(ends, status)) return true;
  const result = findResultMember(response, 'result');
  const payload = result === 'twice' ? null : (result ?? asBytes(findResultMember(response, 'error')));
  return noteEnd(ports, agent, task, { status, isError: Buffer.isBuffer(result) && saysIsError(result), payload });
}

/** The state of a task as an object: news of it, an entry of a list, the task a call became. */
export function noteEndInState(
  ports: PipelinePorts,
  agent: AgentIdentity,
  task: KnownTask,
  state: JsonObject,
): boolean {
  const { status, result, error } = state;
  if (typeof status !== 'string' || !Object.hasOwn(ends, status)) return true;
  const payload = result ?? error;
  return noteEnd(ports, agent, task, {
    status,
    isError: isObject(result) && result.isError === true,
    payload: payload === undefined ? null : Buffer.from(JSON.stringify(payload)),
  });
}

/** One row for the end of each task, however its agent comes to hear of it, and before it does. */
function noteEnd(ports: PipelinePorts, agent: AgentIdentity, task: KnownTask, end: TaskEnd): boolean {
  const { status, isError, payload } = end;
  ports.questions.forget(task);
  if (task.settledAt !== null) return true;
  const { serverId, taskId, tool, approvalId } = task;
  const isWritten = ports.audit.append({
    event: 'task.settled',
    actor: 'engine',
    agentId: agent.id,
    agentName: agent.name,
    serverId,
    tool,
    approvalId,
    effect: 'allow',
    outcome: isError ? 'tool_error' : (ends[status] ?? 'unknown'),
    reasonCode: status,
    resultDigest: payload && hashBytes(payload),
    resultBytes: payload?.length ?? null,
    subject: `task: ${describeSubject({ id: taskId })}`.slice(0, 120),
    details: { taskId },
  });
  if (isWritten) ports.tasks.settled(task, ports.clock.now());
  return isWritten;
}

function readText(bytes: Buffer | 'twice' | null): string {
  if (!Buffer.isBuffer(bytes)) return '';
  try {
    return String(JSON.parse(bytes.toString('utf8')));
  } catch {
    return '';
  }
}

function asBytes(found: Buffer | 'twice' | null): Buffer | null {
  return Buffer.isBuffer(found) ? found : null;
}
