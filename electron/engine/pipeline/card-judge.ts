import type { KeyObject } from 'node:crypto';
import {
  type ApprovalInput,
  type ApprovalView,
  type Decision,
  type EditCheck,
  maskedText,
  type Risk,
} from '../../shared/index.ts';
import { canonicalJson, digestArguments, digestRequest } from '../core/canonical.ts';
import { connectionSource, raiseForProgram } from '../core/program-path.ts';
import type { RememberFacts } from '../core/remember.ts';
import { BridgeFault } from '../faults.ts';
import type { StepUpPort } from '../ports.ts';
import type { CatalogTool } from '../upstream/catalog.ts';
import type { JsonObject, JsonValue } from '../wire/json-rpc.ts';
import { maskOnce } from './approval-mask.ts';
import type { ArgumentValidator } from './argument-validator.ts';

export interface JudgePorts {
  key: KeyObject;
  stepUp: StepUpPort;
  validator: ArgumentValidator;
  findTool(serverId: string, tool: string): CatalogTool | undefined;
  /** What policy says of a call that is not made. */
  judge(agentId: string, tool: CatalogTool, args: JsonObject): { decision: Decision; risk: Risk };
}

/** Looks at cards with the world as it is now, whatever it was when they were made. */
export class CardJudge {
  readonly #ports: JudgePorts;

  constructor(ports: JudgePorts) {
    this.#ports = ports;
  }

  /** The tool as the card was made from it; undefined when its definition is another one by now. */
  toolOf(card: ApprovalView): CatalogTool | undefined {
    const tool = this.#ports.findTool(card.serverId, card.tool);
    return tool && this.digestOf(card, tool, argumentsOf(card)) === card.digest ? tool : undefined;
  }

  digestOf(card: ApprovalView, { definitionHash }: CatalogTool, args: JsonObject): string {
    const { key } = this.#ports;
    const { agentId, serverId, tool } = card;
    const argumentsDigest = digestArguments(key, args);
    const { method, kind } = card;
    const otherDigest = digestArguments(key, card.otherParams);
    return digestRequest(key, { agentId, method, kind, serverId, tool, definitionHash, argumentsDigest, otherDigest });
  }

  riskOf(card: ApprovalView, args: JsonObject): Risk {
    const tool = this.toolOf(card);
    return tool ? this.#judge(card, tool, args).risk : card.risk;
  }

  factsOf(card: ApprovalView, args: JsonObject): RememberFacts {
    const { stepUp } = this.#ports;
    return {
      arguments: args,
      tier: this.riskOf(card, args).tier,
      reviewed: this.toolOf(card)?.reviewed ?? false,
      hasSecrets: (maskOnce(args)?.masked.length ?? 0) > 0,
      noStepUp: stepUp.method === null ? stepUp.reason : null,
    };
  }

  /** With the reason of the card's own connection, which a call that is not made does not have. */
  #judge(card: ApprovalView, tool: CatalogTool, args: JsonObject): { decision: Decision; risk: Risk } {
    const judged = this.#ports.judge(card.agentId, tool, args);
    const suspicion = card.risk.reasons.find(({ source }) => source === connectionSource)?.text ?? null;
    return { ...judged, risk: raiseForProgram(judged.risk, suspicion) };
  }

  judgeEdit(card: ApprovalView, edited: JsonObject): EditCheck {
    const tool = this.toolOf(card);
    if (!tool) return { ok: false, message: toolChanged().message, effect: null, risk: null };
    guardText(edited);
    if (holdsMask(card, edited)) return { ok: false, message: hiddenInEdit, effect: null, risk: null };
    const valid = this.#ports.validator.check(tool.definitionHash, tool.definition, edited);
    if (!valid.ok) return { ok: false, message: valid.message, effect: null, risk: null };
    const { decision, risk } = this.#judge(card, tool, edited);
    const isBlocked = decision.effect === 'deny';
    return { ok: !isBlocked, message: isBlocked ? decision.reason : '', effect: decision.effect, risk };
  }
}

/**
 * Where an answer may come from. The tray and the system's notices show no arguments, so they let only reading through
 * and nothing beyond this call; a card lets nothing through before its buttons have armed.
 */
export function guardInput(
  card: ApprovalView,
  { input, armedAt }: { input: ApprovalInput; armedAt: number | null },
  isMore: boolean,
): void {
  if (input === 'menu' || input === 'notification') {
    if (card.risk.tier === 'read' && !isMore) return;
    throw new BridgeFault('bad_request', 'This call can only be approved where its arguments are shown.', 'Review it.');
  }
  if (armedAt === null)
    throw new BridgeFault('bad_request', 'The buttons were not armed yet.', 'Look at the call, then approve it.');
}

/** Throws `BridgeFault` on text that has no UTF-8 form: it could be neither compared nor sent as it is. */
export function guardText(args: JsonObject): void {
  try {
    canonicalJson(args);
  } catch {
    throw new BridgeFault('bad_request', 'The arguments hold half of a character.', 'Remove it.');
  }
}

const hiddenInEdit = 'A hidden value would be lost: reveal it, then edit.';

/** Whether a value that was only hidden from the person stands as bullets in what would be sent. */
function holdsMask(card: ApprovalView, edited: JsonObject): boolean {
  return (maskOnce(card.arguments)?.masked ?? []).some(({ path }) => {
    let value: JsonValue | undefined = edited;
    for (const step of path) value = memberOf(value, step);
    return value === maskedText;
  });
}

function memberOf(value: JsonValue | undefined, step: string | number): JsonValue | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.hasOwn(value, step) ? (value as { [key: string]: JsonValue })[step] : undefined;
}

export function argumentsOf(card: ApprovalView): JsonObject {
  const { arguments: args } = card;
  return typeof args === 'object' && args !== null && !Array.isArray(args) ? (args as JsonObject) : {};
}

export function toolChanged(): BridgeFault {
  return new BridgeFault(
    'stale',
    'The tool is no longer what it was when this call was made.',
    'Deny it; the agent can call again.',
  );
}
