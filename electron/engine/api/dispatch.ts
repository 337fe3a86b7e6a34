import { type BridgeMethod, type BridgeResponse, bridgeMethods, bridgeRequestSchema } from '../../shared/index.ts';
import { BridgeFault } from '../faults.ts';
import type { LogPort } from '../ports.ts';
import { createEchoGuard, type EchoGuard } from '../wire/echo-guard.ts';
import type { Handlers } from './handlers.ts';

/**
 * Parses one request, runs it, answers. Every host's channel ends here, so nothing reaches a handler unparsed. Bugs are
 * caught in this one place: logged by name, answered without detail.
 */
export async function dispatch(
  handlers: Handlers,
  log: LogPort,
  request: unknown,
  guard: EchoGuard = createEchoGuard(),
): Promise<BridgeResponse> {
  const parsed = bridgeRequestSchema.safeParse(request);
  if (!parsed.success) {
    return {
      id: readId(request),
      ok: false,
      error: { code: 'bad_request', message: 'The request is not one ScopeGate knows.', fix: 'Reload the window.' },
    };
  }
  const { id, method } = parsed.data;
  const params = bridgeMethods[method].params.safeParse(parsed.data.params);
  if (!params.success) {
    const [issue] = params.error.issues;
    const where = issue?.path.length ? `${issue.path.join('.')}: ` : '';
    return {
      id,
      ok: false,
      error: {
        code: 'bad_request',
        message: `${where}${issue?.message ?? 'not valid'}`,
        fix: 'Correct it and try again.',
      },
    };
  }
  try {
    return { id, ok: true, value: guard.cleanValue(await run(handlers, method, params.data)) };
  } catch (error) {
    if (error instanceof BridgeFault) return { id, ok: false, error: error.body };
    log.error('a bridge request failed', { method, error: error instanceof Error ? error.message : 'unknown' });
    return {
      id,
      ok: false,
      error: {
        code: 'internal',
        message: 'ScopeGate failed while doing this.',
        fix: 'Try again; the log of the app has the reason.',
      },
    };
  }
}

function run(handlers: Handlers, method: BridgeMethod, params: unknown): unknown {
  // the parameters were parsed by this very method's schema above
  const handler = handlers[method] as (params: unknown) => unknown;
  return handler(params);
}

function readId(request: unknown): number {
  return typeof request === 'object' && request !== null && 'id' in request && Number.isInteger(request.id)
    ? Number(request.id)
    : 0;
}
