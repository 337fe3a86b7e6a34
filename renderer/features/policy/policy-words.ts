import {
  describeNever,
  describeRule,
  type Effect,
  type LintFinding,
  type PolicyView,
  type SentencePart,
} from '../../../electron/shared/index.ts';
import type { IconName } from '../../ui/icon.tsx';
import type { StateTone } from '../../ui/state-word.tsx';

/** Glyph, word and tone of an effect. */
export const effectLooks: Readonly<Record<Effect, { tone: StateTone; icon: IconName; word: string }>> = {
  allow: { tone: 'allow', icon: 'check', word: 'Allow' },
  ask: { tone: 'ask', icon: 'hand', word: 'Ask' },
  deny: { tone: 'block', icon: 'block', word: 'Block' },
};

export const lintWords: Readonly<Record<LintFinding['kind'], string>> = {
  dead: 'Never matches',
  contradictory: 'Contradicted',
  shadowed: 'Shadowed',
  expired: 'Ended',
  suspended: 'Suspended',
  broad: 'Very wide',
};

export type GroupId = 'never' | Effect;

/** One line of the list: a rule or a never-list entry. */
export interface PolicyLine {
  id: string;
  group: GroupId;
  name: string;
  parts: SentencePart[];
  /** Whole, for search and assistive technology. */
  text: string;
  state: 'active' | 'off' | 'expired';
  /** Null for the never-list, which has no switch. */
  enabled: boolean | null;
  limit: { left: number; of: number } | null;
  findings: LintFinding[];
  fault: string | null;
}

export interface PolicyGroup {
  id: GroupId;
  title: string;
  /** What the group means, in one sentence. */
  about: string;
  lines: PolicyLine[];
}

const groups: readonly Omit<PolicyGroup, 'lines'>[] = [
  { id: 'never', title: 'Never', about: 'Blocked for every agent, beyond every rule and permission' },
  { id: 'deny', title: 'Block', about: 'Wins over Ask, Allow and remembered approvals' },
  { id: 'ask', title: 'Ask', about: 'Wins over Allow' },
  { id: 'allow', title: 'Allow', about: 'Runs without asking' },
];

/** The rules as the page shows them: by what they do, as their order never matters; empty groups are left out. */
export function groupPolicy(
  view: PolicyView,
  nameOf: (agentId: string) => string,
  now: number,
  query = '',
): PolicyGroup[] {
  const findingsOf = (id: string): LintFinding[] => view.lint.filter((finding) => finding.ruleId === id);
  const faultOf = (id: string): string | null => view.faults.find((fault) => fault.ruleId === id)?.message ?? null;
  const lines: PolicyLine[] = [
    ...view.never.map(({ entry, sentence }): PolicyLine => {
      const common = { findings: findingsOf(entry.id), fault: faultOf(entry.id), text: `${entry.name} ${sentence}` };
      const parts = describeNever(entry);
      return {
        ...common,
        id: entry.id,
        name: entry.name,
        group: 'never',
        parts,
        state: 'active',
        enabled: null,
        limit: null,
      };
    }),
    ...view.rules.map(({ rule, state, sentence, limitRemaining }): PolicyLine => {
      const limit =
        rule.limit !== null && limitRemaining !== null ? { left: limitRemaining, of: rule.limit.count } : null;
      const common = { findings: findingsOf(rule.id), fault: faultOf(rule.id), text: `${rule.name} ${sentence}` };
      const parts = describeRule(rule, nameOf(rule.agent), now);
      return {
        ...common,
        id: rule.id,
        name: rule.name,
        group: rule.effect,
        parts,
        state,
        enabled: rule.enabled,
        limit,
      };
    }),
  ];
  const wanted = query.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const shown = lines.filter((line) => wanted.every((word) => line.text.toLowerCase().includes(word)));
  return groups
    .map((group) => ({
      ...group,
      lines: shown.filter((line) => line.group === group.id).sort((one, other) => one.name.localeCompare(other.name)),
    }))
    .filter((group) => group.lines.length > 0);
}
