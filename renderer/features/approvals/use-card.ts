import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import {
  type ApprovalView,
  type EditCheck,
  isHighTier,
  type Remember,
  type RememberOffer,
} from '../../../electron/shared/index.ts';
import { diffTrees, type MarkedLine } from '../../lib/diff-tree.ts';
import { countFolds, hideMasked, type Json, layOutTree } from '../../lib/lay-out-tree.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { fingerprint } from './describe-approval.ts';
import {
  fitDraft,
  offerForEdit,
  onceOnly,
  type RememberDraft,
  toRemember,
  withReadablePattern,
} from './remember-draft.ts';
import { type Preview, usePreview } from './use-preview.ts';

/** Arguments changed by the person, as the engine found them fit to be sent. */
export interface Edited {
  value: { [key: string]: Json };
  check: EditCheck;
}

/** `from`: what was edited before and is edited again. */
export type EditState = { phase: 'none' } | { phase: 'editing'; from: Edited | null } | ({ phase: 'edited' } & Edited);

/** `waiting`: an agent waits, or may call again. `review`: it ended without an answer; only "next time" is left. */
export type CardMode = 'waiting' | 'review';

export interface Card {
  edit: EditState;
  setEdit: (next: EditState) => void;
  draft: RememberDraft;
  setDraft: (next: RememberDraft) => void;
  /** Null while it is not known what may be remembered. */
  offer: RememberOffer | null;
  remember: Remember | null;
  preview: Preview;
  /** What the agent sent; what looks secret is masked until `reveal`. */
  original: Json;
  /** Hidden values left. */
  hidden: number;
  /** Shows what is hidden, then does `next`; it is written down. */
  reveal: (next?: () => void) => void;
  /** What is sent when it is approved now. */
  value: Json;
  lines: readonly MarkedLine[];
  /** What the request holds beside its arguments, as indented JSON; empty when nothing. Sent and bound like them. */
  other: string;
  expand: (path: string) => void;
  /** The last approved call of this tool, and which arguments are others now. */
  last: { at: number; changed: readonly string[] } | null;
  isComparing: boolean;
  setComparing: (on: boolean) => void;
  isHigh: boolean;
  /** What must be done before Approve works; null when nothing. */
  hold: string | null;
  /** Changes with everything that would be approved: the arming starts over with it. */
  shown: string;
}

/** What a person has done on one card so far, and what follows for the answer. */
export function useCard(approval: ApprovalView, mode: CardMode): Card {
  const { revealed, reveal } = useReveal(approval);
  const original = revealed ?? (approval.arguments as Json);
  const masked = revealed === null ? approval.masked : noMasks;
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const [edit, setEdit] = useState<EditState>({ phase: 'none' });
  const [chosen, setDraft] = useState<RememberDraft>(onceOnly);
  const [isComparing, setComparing] = useState(false);
  const context = useContextOf(approval);
  const edited = edit.phase === 'edited' ? edit : null;
  const value = edited?.value ?? original;

  const given = context?.offer ?? null;
  const offer = useMemo(
    () =>
      given === null
        ? null
        : withReadablePattern(edited === null ? given : offerForEdit(given, original, edited.value)),
    [given, edited, original],
  );
  const draft = offer === null || mode === 'review' ? onceOnly : fitDraft(chosen, offer);
  const remember = offer === null ? null : toRemember(draft, offer);
  const preview = usePreview(approval, remember, edited?.value ?? null);

  const lastArguments = context?.lastApproved?.arguments;
  const base = edited !== null ? original : isComparing ? (lastArguments as Json | undefined) : undefined;
  const lines = useMemo<readonly MarkedLine[]>(
    () => hideMasked(base === undefined ? layOutTree(value, expanded) : diffTrees(base, value, expanded), masked),
    [base, value, expanded, masked],
  );
  const isHigh = isHighTier(approval.risk.tier) || isHighTier(edited?.check.risk?.tier ?? 'read');
  const folds = isHigh ? countFolds(lines.filter((line) => line.mark !== 'removed')) : 0;

  return {
    edit,
    setEdit,
    draft,
    setDraft,
    offer,
    remember,
    preview,
    original,
    hidden: masked.length,
    reveal,
    value,
    lines,
    other: describeOther(approval.otherParams),
    expand: (path) => setExpanded((before) => new Set(before).add(path)),
    last: context?.lastApproved ?? null,
    isComparing,
    setComparing,
    isHigh,
    hold: describeHold(edit, folds, isHigh ? masked.length : 0, preview),
    shown: JSON.stringify([
      fingerprint(approval),
      mode,
      remember,
      edit.phase,
      edited?.value ?? null,
      revealed !== null,
    ]),
  };
}

function describeOther(members: { [key: string]: unknown }): string {
  return Object.keys(members).length === 0 ? '' : JSON.stringify(members, null, 2);
}

function describeHold(edit: EditState, folds: number, hidden: number, { refusal }: Preview): string | null {
  if (edit.phase === 'editing') return 'Finish or cancel the edit first';
  if (hidden > 0) return hidden === 1 ? '1 hidden value to reveal first' : `${hidden} hidden values to reveal first`;
  if (folds > 0) return folds === 1 ? '1 folded text to read first' : `${folds} folded texts to read first`;
  return refusal === null ? null : 'This cannot be remembered';
}

const noMasks: ApprovalView['masked'] = [];

/** The arguments with nothing masked, once a person asked for them; forgotten with the card. */
function useReveal({ id, digest, masked }: ApprovalView) {
  const bridge = useBridge();
  const { run } = useCommand();
  const [revealed, setRevealed] = useState<Json | null>(null);
  const reveal = (next?: () => void) => {
    if (masked.length === 0 || revealed !== null) {
      next?.();
      return;
    }
    void run(async () => {
      const { arguments: args } = await bridge.call('approvals.reveal', { id, digest });
      setRevealed(args as Json);
      next?.();
    });
  };
  return { revealed, reveal };
}

/** Asked for anew when the question changes, as what may be remembered hangs on its risk. */
function useContextOf(approval: ApprovalView) {
  const bridge = useBridge();
  const { data } = useQuery({
    queryKey: ['approvals.context', fingerprint(approval)],
    queryFn: () => bridge.call('approvals.context', { id: approval.id }),
    enabled: approval.status === 'pending' || approval.toReview,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data ?? null;
}
