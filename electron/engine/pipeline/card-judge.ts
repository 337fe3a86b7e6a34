import type { KeyObject } from 'node:crypto';
import type { ApprovalInput, ApprovalView, Decision, EditCheck, Risk } from '../../shared/index.ts';
import { canonicalJson, digestArguments, digestRequest } from '../core/canonical.ts';
import type { RememberFacts } from '../core/remember.ts';
import { BridgeFault } from '../faults.ts';
import type { StepUpPort } from '../ports.ts';
import type { CatalogTool } from '../upstream/catalog.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
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
    return tool ? this.#ports.judge(card.agentId, tool, args).risk : card.risk;
  }

  factsOf(card: ApprovalView, args: JsonObject): RememberFacts {
    const { stepUp } = this.#ports;
    return {
      arguments: args,
      tier: this.riskOf(card, args).tier,
      reviewed: this.toolOf(card)?.reviewed ?? false,
      noStepUp: stepUp.method === null ? stepUp.reason : null,
    };
  }

  judgeEdit(card: ApprovalView, edited: JsonObject): EditCheck {
    const tool = this.toolOf(card);
    if (!tool) return { ok: false, message: toolChanged().message, effect: null, risk: null };
    guardText(edited);
    const valid = this.#ports.validator.check(tool.definitionHash, tool.definition, edited);
    if (!valid.ok) return { ok: false, message: valid.message, effect: null, risk: null };
    const { decision, risk } = this.#ports.judge(card.agentId, tool, edited);
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
