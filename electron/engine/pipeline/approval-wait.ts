import type { DecidedCall } from '../core/stages.ts';
import type { Answer, Item, Waiter } from './approval-item.ts';
import type { ApprovalTable } from './approval-table.ts';

/**
 * Lets a call wait on a card until it is answered, its agent gives up, or `giveUpMs` are over. `onOver`: the card is a
 * server's question that was taken back or whose call has ended, and nobody else waits: it is good for nothing any more.
 */
export function joinCard(
  table: ApprovalTable,
  item: Item,
  call: DecidedCall,
  giveUpMs: number,
  onOver: (item: Item) => void,
): Promise<Answer> {
  return new Promise((resolve) => {
    const { signal } = call.exchange;
    // a server's question is asked once: its agent does not call it again, and its call goes on meanwhile
    const isQuestion = call.tool.kind === 'ask';
    const timer = setTimeout(() => leave({ kind: isQuestion ? 'expired' : 'parked' }), giveUpMs);
    const abort = () => leave({ kind: 'cancelled' });
    const waiter: Waiter = {
      callId: call.id,
      answer(answer) {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        resolve(answer);
      },
    };
    const leave = (answer: Answer) => {
      // the card may have been issued anew since
      const current = table.find(item.card.digest) ?? item;
      current.waiters = current.waiters.filter((other) => other !== waiter);
      if (answer.kind === 'parked') current.parked.push(call.id);
      waiter.answer(answer);
      const isOver = isQuestion && answer.kind === 'cancelled' && current.card.status === 'pending';
      if (isOver && current.waiters.length === 0) onOver(current);
      else table.announce(current);
    };
    item.waiters.push(waiter);
    table.announce(item);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
