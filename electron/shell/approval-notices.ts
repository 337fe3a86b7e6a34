import { Notification } from 'electron';
import type { ApprovalView } from '../shared/index.ts';
import { noticeText } from './notice-text.ts';

/** Notices on screen at one time; the approval window shows the rest. */
const maxNotices = 3;

/**
 * Tells through the system that something waits: agent and tool, no argument and no text of theirs. A click opens the
 * approval window; nothing can be decided here.
 */
export interface ApprovalNotices {
  follow(waiting: readonly ApprovalView[]): void;
}

export function createApprovalNotices(review: () => void): ApprovalNotices {
  const seen = new Set<string>();
  const shown = new Map<string, Notification>();

  function show(approval: ApprovalView): void {
    const notice = new Notification({ ...noticeText(approval), silent: false });
    notice.on('click', review);
    notice.on('close', () => shown.delete(approval.id));
    shown.set(approval.id, notice);
    notice.show();
  }

  return {
    follow(waiting) {
      const waitingIds = new Set(waiting.map((approval) => approval.id));
      for (const id of seen) if (!waitingIds.has(id)) seen.delete(id);
      for (const [id, notice] of shown) {
        if (waitingIds.has(id)) continue;
        shown.delete(id);
        notice.close();
      }
      if (!Notification.isSupported()) return;
      for (const approval of waiting) {
        if (seen.has(approval.id)) continue;
        seen.add(approval.id);
        if (shown.size < maxNotices) show(approval);
      }
    },
  };
}
