import type { DecidedCall } from '../core/stages.ts';
import { progressTokenOf } from '../eras/request-meta.ts';
import type { Exchange } from '../exchange.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import { endOfAnswer } from './approval-end.ts';
import type { Answer } from './approval-item.ts';
import type { PipelinePorts } from './ports.ts';
import type { End } from './settle.ts';

export type Approved =
  | { ok: true; approvalId: string | null; edited: JsonObject | null; hasWaited: boolean }
  | { ok: false; end: End; hasWaited: true };

/** Step 8: waits for the person where the decision is Ask and no approval stands already. */
export async function approveCall(ports: PipelinePorts, call: DecidedCall, standing: string | null): Promise<Approved> {
  if (call.decision.effect !== 'ask') return { ok: true, approvalId: null, edited: null, hasWaited: false };
  if (standing !== null) return { ok: true, approvalId: standing, edited: null, hasWaited: false };
  const { exchange } = call;
  // the card says which program asks; by now nobody is in a hurry
  await exchange.caller?.ready();
  const { risk } = call.tool;
  const shown = risk ? { ...call, risk: ports.guards.riskFor(exchange, risk, call.arguments) } : call;
  const stopProgress = reportWaiting(ports, exchange);
  let answer: Answer;
  try {
    exchange.setWaiting(true);
    answer = await ports.approvals.wait(shown, patienceOf(ports, exchange), (card) =>
      ports.journal.awaitingApproval(call.id, card.id, card.expiresAt),
    );
  } finally {
    exchange.setWaiting(false);
    stopProgress();
  }
  ports.journal.note(call.id, 'answered', answer.kind);
  if (answer.kind === 'approved')
    return { ok: true, approvalId: answer.approvalId, edited: answer.edited, hasWaited: true };
  // policy no longer asks; step 9 finds out what it says instead
  if (answer.kind === 'reconsidered') return { ok: true, approvalId: null, edited: null, hasWaited: true };
  return { ok: false, end: endOfAnswer(answer, call), hasWaited: true };
}

/** How long this agent is kept waiting, milliseconds. A modern leg answers in rounds, so its own bound counts there. */
export function patienceOf(ports: PipelinePorts, exchange: Exchange): number {
  return exchange.era === 'modern' ? exchange.patienceMs : ports.patience.giveUpMs(exchange);
}

/** So small that a wait of days stays below 0. */
const progressStep = 1e-6;

/** Tells an agent that gave a progress token that a person is being asked; harmless where it does not listen. */
function reportWaiting(ports: PipelinePorts, exchange: Exchange): () => void {
  const token = progressTokenOf(exchange.params);
  if (token === null) return () => {};
  // it must increase, and what the server reports of the call later begins at 0 as a rule
  let progress = -1;
  const report = () => {
    progress += progressStep;
    exchange.notify('notifications/progress', {
      progressToken: token,
      progress,
      message: 'Waiting for the user’s approval',
    });
  };
  const timer = setInterval(report, ports.timing.progressMs);
  return () => clearInterval(timer);
}
