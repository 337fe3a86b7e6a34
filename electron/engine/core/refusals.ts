import type { Reply, RpcErrorBody } from '../wire/json-rpc.ts';
import { rpcErrorCodes } from '../wire/json-rpc.ts';

/**
 * How each end of a call looks to the agent. A target that is not listed for it and one that does not exist answer
 * alike, to the byte; a listed tool that is refused answers as a tool error, so that the model reads why.
 */
export function unknownTool(name: string): RpcErrorBody {
  return { code: rpcErrorCodes.invalidParams, message: `Unknown tool: ${name}` };
}

export function unknownPrompt(name: string): RpcErrorBody {
  return { code: rpcErrorCodes.invalidParams, message: `Unknown prompt: ${name}` };
}

/** The code of a missing resource is one of its own up to 2025-11-25. */
export function unknownResource(uri: string, isModern: boolean): RpcErrorBody {
  const code = isModern ? rpcErrorCodes.invalidParams : rpcErrorCodes.resourceNotFound;
  return { code, message: `Resource not found: ${uri}`, data: { uri } };
}

export function unknownTask(taskId: string): RpcErrorBody {
  return { code: rpcErrorCodes.invalidParams, message: `Task not found: ${taskId}` };
}

export const unknownMethod: RpcErrorBody = { code: rpcErrorCodes.methodNotFound, message: 'Method not found' };

export function replyToolError(text: string): Reply {
  return { kind: 'result', result: { content: [{ type: 'text', text }], isError: true } };
}

export function replyRateLimited(retryAfterMs: number): Reply {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  return {
    kind: 'result',
    result: {
      content: [
        { type: 'text', text: `Rate limit reached. Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.` },
      ],
      isError: true,
      _meta: { 'scopegate/retryAfterMs': retryAfterMs },
    },
  };
}

export const told = {
  argumentsType: 'Invalid arguments: arguments must be an object.',
  blocked: 'Blocked by the user’s policy. This call was not made.',
  paused: 'The user has paused this agent. This call was not made. Try again later.',
  callAgain:
    'Waiting for the user’s approval. This call has not been made yet: call again with the same arguments to continue.',
  deniedBy: (why: string | null) => (why ? `The user denied this call: ${why}` : 'The user denied this call.'),
  expired: 'The user did not answer in time. This call was not made.',
  changed: 'The tool changed while this call was waiting. This call was not made; list the tools again.',
  withheld: 'The user’s policy changed while this call was on its way, so it was not carried on.',
  degraded: 'ScopeGate cannot write its audit log, so no call is made until that is mended.',
  unrecorded:
    'The call was made but its outcome could not be recorded, so the result is withheld. Its effect is unknown.',
  unread: 'The call was made but ScopeGate failed while handling its answer. Its effect is unknown.',
  filtered:
    'The call was made, but its result holds something the user does not let through, so the result is withheld.',
  cancelled: 'The call was cancelled.',
  noCredential: {
    locked: (server: string) =>
      `The vault that holds the credential for ${server} is locked. This call was not made. Ask the person to unlock it in ScopeGate, then call again.`,
    needs_sign_in: (server: string) =>
      `Somebody has to sign in to ${server}. This call was not made. Ask the person to sign in there in ScopeGate, then call again.`,
    broken: (server: string) =>
      `The credential for ${server} cannot be used now. This call was not made. Ask the person to look at Credentials in ScopeGate.`,
  },
  internal: 'ScopeGate failed while handling this call. The call was refused.',
} as const;
