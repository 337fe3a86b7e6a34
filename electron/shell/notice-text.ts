import type { ApprovalView } from '../shared/index.ts';
import { plainLabel } from './plain-label.ts';

/** What a notification says of an approval: who and which tool. Arguments stay where they can be read whole. */
export function noticeText(approval: Pick<ApprovalView, 'agentName' | 'tool'>): { title: string; body: string } {
  return {
    title: `${plainLabel(approval.agentName)} wants to use ${plainLabel(approval.tool, 64)}`,
    body: 'It waits for your answer in ScopeGate.',
  };
}

export type NoticeButton = 'deny' | 'review' | 'approve';

/** The buttons of a notification, in order: an approval without the arguments in sight is for reading only. */
export function noticeButtons({ risk }: Pick<ApprovalView, 'risk'>): NoticeButton[] {
  return risk.tier === 'read' ? ['deny', 'review', 'approve'] : ['deny', 'review'];
}
