import type { AskMethod } from '../exchange.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';

/** Whether a client with these capabilities can be asked this at all, in some form. */
export function canAskClient(capabilities: JsonObject, method: AskMethod): boolean {
  if (method === 'elicitation/create') return isObject(capabilities.elicitation);
  if (method === 'sampling/createMessage') return isObject(capabilities.sampling);
  return isObject(capabilities.roots);
}

/**
 * Whether the client declared what exactly this request needs: the mode of an elicitation (an empty declaration means
 * form only, 2025-11-25 client/elicitation), tools in sampling.
 */
export function supportsAsk(capabilities: JsonObject, method: AskMethod, params: JsonObject): boolean {
  if (!canAskClient(capabilities, method)) return false;
  if (method === 'sampling/createMessage') {
    const usesTools = params.tools !== undefined || params.toolChoice !== undefined;
    return !usesTools || (isObject(capabilities.sampling) && isObject(capabilities.sampling.tools));
  }
  if (method !== 'elicitation/create' || !isObject(capabilities.elicitation)) return true;
  const { form, url } = capabilities.elicitation;
  const mode = params.mode ?? 'form';
  if (mode === 'form') return isObject(form) || url === undefined;
  return mode === 'url' && isObject(url);
}
