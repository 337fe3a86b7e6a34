import type { ApprovalView, MaskedValue } from '../../shared/index.ts';
import { maskSecrets } from '../core/secret-values.ts';
import type { JsonObject, JsonValue } from '../wire/json-rpc.ts';

const seen = new WeakMap<object, { value: JsonObject; masked: MaskedValue[] }>();

/** A card as it leaves the engine: without the values that look secret. Inside the engine it holds them, to send them. */
export function maskCard(card: ApprovalView): ApprovalView {
  const args = maskOnce(card.arguments);
  const edited = maskOnce(card.edited);
  return {
    ...card,
    arguments: args?.value ?? card.arguments,
    edited: edited?.value ?? card.edited,
    masked: args?.masked ?? [],
  };
}

/** Arguments masked; looked at once for each object. Null where they are no object: nothing is in them. */
export function maskOnce(args: JsonValue | null): { value: JsonObject; masked: MaskedValue[] } | null {
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return null;
  const known = seen.get(args);
  if (known) return known;
  const made = maskSecrets(args);
  seen.set(args, made);
  return made;
}
