import { maskCard } from '../pipeline/approval-mask.ts';
import type { EngineParts } from './context.ts';
import type { HandlersFor } from './handlers.ts';

export function makeApprovalHandlers({ approvals, audit, desk }: EngineParts): HandlersFor<'approvals'> {
  return {
    'approvals.decide': async (decision) => {
      await desk.decide(decision);
      return {};
    },
    'approvals.extend': ({ id }) => {
      const expiresAt = approvals.extend(id);
      audit.append({ event: 'approval.extended', actor: 'person', approvalId: id, details: { expiresAt } });
      return { expiresAt };
    },
    'approvals.context': ({ id }) => desk.context(id),
    'approvals.preview': ({ id, digest, remember, edited }) => desk.preview(id, digest, remember, edited),
    'approvals.reveal': ({ id, digest }) => desk.reveal(id, digest),
    'approvals.checkEdit': ({ id, digest, edited }) => desk.checkEdit(id, digest, edited),
    'approvals.denyAll': (how) => ({ denied: desk.denyAll(how) }),
    'approvals.review': () => ({ approvals: desk.review().map(maskCard) }),
    'approvals.allowNext': (item) => {
      desk.allowNext(item);
      return {};
    },
    'approvals.dismiss': ({ ids }) => {
      desk.dismiss(ids);
      audit.append({ event: 'approvals.dismissed', actor: 'person', details: { items: ids.length } });
      return {};
    },
    'approvals.shortenGrant': ({ id, expiresAt }) => {
      desk.grants.shorten(id, expiresAt);
      return {};
    },
    'approvals.endGrant': ({ id }) => {
      desk.grants.end(id);
      return {};
    },
    'approvals.setAway': ({ away }) => {
      desk.setAway(away);
      return {};
    },
    'approvals.setSettings': (changes) => {
      desk.setSettings(changes);
      return {};
    },
    'approvals.fatigue': ({ days }) => desk.fatigue(days),
    'approvals.history': ({ before, limit }) => {
      const cards = approvals.history(before, limit + 1);
      return { approvals: cards.slice(0, limit).map(maskCard), more: cards.length > limit };
    },
  };
}
