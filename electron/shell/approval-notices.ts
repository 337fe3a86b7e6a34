import { Notification, type NotificationAction } from 'electron';
import type { ApprovalView } from '../shared/index.ts';
import { type NoticeButton, noticeButtons, noticeText } from './notice-text.ts';

/** Notices on screen at one time; the approval window shows the rest. */
const maxNotices = 3;

const buttonText: Readonly<Record<NoticeButton, string>> = {
  deny: 'Deny',
  review: 'Review…',
  approve: 'Approve once',
};

/**
 * Tells through the system that something waits: agent and tool, no argument and no text of theirs, without a sound. A
 * click opens the approval window; where the system has buttons, Deny is one, and Approve for reading.
 */
export interface ApprovalNotices {
  follow(waiting: readonly ApprovalView[]): void;
}

export interface NoticeActions {
  review(): void;
  deny(approval: ApprovalView): void;
  approve(approval: ApprovalView): void;
}

export function createApprovalNotices(actions: NoticeActions): ApprovalNotices {
  const seen = new Set<string>();
  const shown = new Map<string, Notification>();

  function press(button: NoticeButton | undefined, approval: ApprovalView): void {
    if (button === 'deny') actions.deny(approval);
    else if (button === 'approve') actions.approve(approval);
    else actions.review();
  }

  function show(approval: ApprovalView): void {
    const buttons = noticeButtons(approval);
    const notice = new Notification({ ...noticeText(approval), silent: true, actions: buttons.map(toAction) });
    notice.on('click', actions.review);
    notice.on('action', (details, index) => press(buttons[details.actionIndex ?? index], approval));
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

function toAction(button: NoticeButton): NotificationAction {
  return { type: 'button', text: buttonText[button] };
}
