import { Link } from 'wouter';
import {
  describeNever,
  describeRule,
  type LintFinding,
  type PolicyChange,
  type PolicyView,
} from '../../../electron/shared/index.ts';
import { useSettled } from '../../lib/use-settled.ts';
import { Icon } from '../../ui/icon.tsx';
import { lintWords } from './policy-words.ts';
import { Sentence } from './sentence.tsx';
import { useAgentNames } from './use-agent-names.ts';
import { usePolicyQuery } from './use-policy.ts';
import type { RuleDraft } from './use-rule-draft.ts';

/** Milliseconds without a key before the engine is asked about a draft. */
const settleMs = 250;

interface DraftNotesProps {
  draft: RuleDraft;
  view: PolicyView;
  /** The draft as one change; empty while it is incomplete. */
  changes: readonly PolicyChange[];
}

/** The draft as the sentence it becomes, and what the engine has to say of it, as it is typed. */
export function DraftNotes({ draft, view, changes }: DraftNotesProps) {
  const settled = useSettled(changes, settleMs);
  const [change] = settled;
  const check = usePolicyQuery(
    'policy.check',
    settled,
    (bridge) => bridge.call('policy.check', { changes: [...settled] }),
    change !== undefined,
  );
  const findings = check.data?.lint.filter((finding) => change !== undefined && touches(finding, idOf(change))) ?? [];
  const problems = check.data?.problems ?? [];
  return (
    <>
      {draft.isOvertaken && (
        <p className="t2">
          <Icon name="info" small /> This rule was changed elsewhere meanwhile. Saving replaces that change.
        </p>
      )}
      <section>
        <div className="lab">In words</div>
        <p className="rule-words">
          {changes[0] === undefined ? (
            <span className="t3">Not complete yet.</span>
          ) : (
            <ChangeSentence change={changes[0]} />
          )}
        </p>
      </section>
      {(problems.length > 0 || findings.length > 0 || check.error !== null) && (
        <section aria-live="polite">
          <div className="lab">Look again</div>
          <ul className="notes">
            {problems.map((problem) => (
              <li key={`${problem.path} ${problem.message}`}>
                <Icon name="block" small />
                <span>{problem.message}</span>
              </li>
            ))}
            {findings.map((finding) => (
              <li key={`${finding.ruleId} ${finding.kind}`}>
                <Icon name="info" small />
                <span>
                  <b>{lintWords[finding.kind]}.</b> {finding.message}{' '}
                  <OtherRule finding={finding} change={change} view={view} />
                </span>
              </li>
            ))}
            {check.error !== null && (
              <li>
                <Icon name="fault" small />
                <span>
                  The rule could not be checked. {check.error.message} {check.error.fix}
                </span>
              </li>
            )}
          </ul>
        </section>
      )}
    </>
  );
}

function ChangeSentence({ change }: { change: PolicyChange }) {
  const nameOf = useAgentNames();
  if (change.kind === 'rule' && change.value !== null) {
    return <Sentence parts={describeRule(change.value, nameOf(change.value.agent), Date.now())} />;
  }
  return change.kind === 'never' && change.value !== null ? <Sentence parts={describeNever(change.value)} /> : null;
}

function idOf(change: PolicyChange): string {
  return 'id' in change ? change.id : '';
}

function touches(finding: LintFinding, id: string): boolean {
  return finding.ruleId === id || finding.byRuleId === id;
}

/** A link to the other rule of a finding, when there is one. */
function OtherRule({
  finding,
  change,
  view,
}: {
  finding: LintFinding;
  change: PolicyChange | undefined;
  view: PolicyView;
}) {
  const own = change === undefined ? '' : idOf(change);
  const other = finding.ruleId === own ? finding.byRuleId : finding.ruleId;
  const name =
    view.rules.find(({ rule }) => rule.id === other)?.rule.name ??
    view.never.find(({ entry }) => entry.id === other)?.entry.name;
  return name === undefined ? null : <Link href={`/policy/rule/${other}`}>Show “{name}”</Link>;
}
