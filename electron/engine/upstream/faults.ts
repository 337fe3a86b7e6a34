import type { ServerFault } from '../../shared/index.ts';
import { maxDepth } from '../wire/raw-response.ts';
import { LinkFault } from './link.ts';
import type { Redactor } from './redactor.ts';

/** Makes faults whose words can be shown and logged: every resolved secret is taken out of message and detail. */
export type FaultMaker = (kind: LinkFault['kind'], words: FaultWords) => LinkFault;
export interface FaultWords {
  message: string;
  /** What the person can do next, one sentence. */
  fix: string;
  /** Text from the server or the system. */
  detail?: string;
}

/** Characters of `detail` kept, from its end: the last lines say why. */
const maxDetail = 4000;
const maxMessage = 600;

export function createFaultMaker(now: () => number, redactor: Redactor): FaultMaker {
  return (kind, words) => {
    const fault: ServerFault = {
      code: kind === 'cancelled' || kind === 'withheld' ? 'other' : kind,
      message: redactor.redact(words.message).slice(0, maxMessage),
      fix: words.fix,
      detail: redactor.redact(words.detail ?? '').slice(-maxDetail),
      at: now(),
    };
    return new LinkFault(kind, fault);
  };
}

/** Turns anything thrown while a link opens into a `LinkFault`. */
export function toLinkFault(error: unknown, makeFault: FaultMaker): LinkFault {
  if (error instanceof LinkFault) return error;
  return makeFault('other', {
    message: 'The connection to the server broke in an unexpected way.',
    fix: 'Try again; if it stays, report it with the log of this server.',
    detail: error instanceof Error ? error.message : String(error),
  });
}

export function cancelledFault(makeFault: FaultMaker): LinkFault {
  return makeFault('cancelled', { message: 'The call was cancelled.', fix: 'Nothing to do.' });
}

/** The answer to a call is nested deeper than any reader on the way should have to go. */
export function tooDeepFault(makeFault: FaultMaker): LinkFault {
  return makeFault('protocol', {
    message: `The server’s answer is nested more than ${maxDepth} levels deep.`,
    fix: 'Report this to the author of the server.',
  });
}

/** Policy said no while the call was on its way. */
export function withheldFault(makeFault: FaultMaker): LinkFault {
  return makeFault('withheld', { message: 'The policy changed during the call.', fix: 'Nothing to do.' });
}
