import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { LintFinding, PolicyView } from '../../../electron/shared/index.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { lintWords } from './policy-words.ts';
import { usePolicyWriter } from './use-policy.ts';

/** Rules that do nothing, or more than they seem to: what is wrong with each, and the nearest way out. */
export function LintBand({ view }: { view: PolicyView }) {
  const [isOpen, setOpen] = useState(false);
  const { lint } = view;
  if (lint.length === 0) return null;
  const rules = new Set(lint.map(({ ruleId }) => ruleId)).size;
  return (
    <section className="lint-band" aria-label="Rules to look at again">
      <button type="button" className="gh-toggle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Icon name={isOpen ? 'down' : 'right'} small />
        <span>
          {rules === 1
            ? 'One rule does less, or more, than it seems'
            : `${rules} rules do less, or more, than they seem`}
        </span>
      </button>
      {isOpen && (
        <ul className="notes">
          {lint.map((finding) => (
            <LintRow key={`${finding.ruleId} ${finding.kind}`} finding={finding} view={view} />
          ))}
        </ul>
      )}
    </section>
  );
}

function LintRow({ finding, view }: { finding: LintFinding; view: PolicyView }) {
  const rule = view.rules.find((other) => other.rule.id === finding.ruleId)?.rule;
  const name = rule?.name ?? view.never.find(({ entry }) => entry.id === finding.ruleId)?.entry.name ?? finding.ruleId;
  return (
    <li>
      <span className="tag">{lintWords[finding.kind]}</span>
      <span className="lint-row">
        <span className="grow">
          <Link href={`/policy/rule/${finding.ruleId}`}>{name}</Link>: {finding.message}
        </span>
        <LintFix finding={finding} view={view} name={name} />
      </span>
    </li>
  );
}

/** A rule that does nothing can go; a suspended one can be confirmed; a wide one wants a person to narrow it. */
function LintFix({ finding, view, name }: { finding: LintFinding; view: PolicyView; name: string }) {
  const { busy, change } = usePolicyWriter();
  const [, navigate] = useLocation();
  const rule = view.rules.find((other) => other.rule.id === finding.ruleId)?.rule;
  if (finding.kind === 'suspended' && rule !== undefined) {
    const confirm = () => change([{ kind: 'rule', id: rule.id, value: rule }], `“${name}” is confirmed`);
    return (
      <Button
        small
        busy={busy}
        title="The tool became more dangerous since you saved the rule"
        onClick={() => void confirm()}
      >
        Allow again
      </Button>
    );
  }
  if (finding.kind === 'broad') {
    return (
      <Button small onClick={() => navigate(`/policy/rule/${finding.ruleId}`)}>
        Narrow it
      </Button>
    );
  }
  const kind = rule === undefined ? 'never' : 'rule';
  return (
    <Button
      small
      busy={busy}
      onClick={() => void change([{ kind, id: finding.ruleId, value: null }], `“${name}” is removed`)}
    >
      Remove
    </Button>
  );
}
