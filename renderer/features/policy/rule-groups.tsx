import type { KeyboardEvent } from 'react';
import { Link, useLocation } from 'wouter';
import type { PolicyChange, PolicyView } from '../../../electron/shared/index.ts';
import { Icon } from '../../ui/icon.tsx';
import { Switch } from '../../ui/switch.tsx';
import { effectLooks, lintWords, type PolicyGroup, type PolicyLine } from './policy-words.ts';
import { Sentence } from './sentence.tsx';
import { usePolicyWriter } from './use-policy.ts';

interface RuleGroupsProps {
  view: PolicyView;
  groups: readonly PolicyGroup[];
  selectedId: string | null;
}

/** Rules by what they do; up and down move, Enter opens, Delete removes with an Undo. */
export function RuleGroups({ view, groups, selectedId }: RuleGroupsProps) {
  const { change } = usePolicyWriter();
  const [, navigate] = useLocation();
  const remove = async (line: PolicyLine): Promise<void> => {
    const isDone = await change([removalOf(line)], `“${line.name}” is removed`);
    if (isDone && line.id === selectedId) navigate('/policy');
  };
  const setEnabled = (line: PolicyLine, enabled: boolean): void => {
    const rule = view.rules.find((other) => other.rule.id === line.id)?.rule;
    if (rule === undefined) return;
    const value = { ...rule, enabled };
    void change([{ kind: 'rule', id: rule.id, value }], `“${rule.name}” is ${enabled ? 'on' : 'off'}`);
  };
  return (
    <div className="rule-groups">
      {groups.map((group) => (
        <section key={group.id} aria-label={group.title}>
          <h2 className="gh rule-head">
            <GroupWord group={group} />
            <span className="t3 f12 cut">{group.about}</span>
            <span className="t3 f12 num">{group.lines.length}</span>
          </h2>
          <ul>
            {group.lines.map((line) => (
              <RuleRow
                key={line.id}
                line={line}
                isSelected={line.id === selectedId}
                onEnable={(enabled) => setEnabled(line, enabled)}
                onRemove={() => void remove(line)}
              />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

export function removalOf(line: Pick<PolicyLine, 'id' | 'group'>): PolicyChange {
  return { kind: line.group === 'never' ? 'never' : 'rule', id: line.id, value: null };
}

function GroupWord({ group }: { group: PolicyGroup }) {
  const look = effectLooks[group.id === 'never' ? 'deny' : group.id];
  return (
    <span className={`st ${look.tone} loud`}>
      <Icon name={look.icon} small />
      {group.title}
    </span>
  );
}

interface RuleRowProps {
  line: PolicyLine;
  isSelected: boolean;
  onEnable: (enabled: boolean) => void;
  onRemove: () => void;
}

function RuleRow({ line, isSelected, onEnable, onRemove }: RuleRowProps) {
  return (
    <li className="r rule-row" aria-current={isSelected || undefined} data-off={line.state !== 'active' || undefined}>
      <Link
        href={`/policy/rule/${line.id}`}
        className="rule-link"
        title={line.name}
        onKeyDown={(event: KeyboardEvent<HTMLAnchorElement>) => handleRowKey(event, onRemove)}
      >
        <Sentence parts={line.parts} />
      </Link>
      <span className="rule-marks">
        {line.fault !== null && (
          <span className="tag fault" title={line.fault}>
            <Icon name="fault" />
            Cannot be used
          </span>
        )}
        {line.findings.map((finding) => (
          <span key={`${finding.kind} ${finding.message}`} className="tag" title={finding.message}>
            {lintWords[finding.kind]}
          </span>
        ))}
        {line.limit !== null && (
          <span className="t3 f12">
            {Math.max(0, Math.floor(line.limit.left))} of {line.limit.of} left
          </span>
        )}
      </span>
      {line.enabled !== null && (
        <Switch
          label={`${line.name} is on`}
          checked={line.enabled}
          onChange={onEnable}
          title={line.enabled ? 'On' : 'Off'}
        />
      )}
    </li>
  );
}

function handleRowKey(event: KeyboardEvent<HTMLAnchorElement>, onRemove: () => void): void {
  const down = event.key === 'ArrowDown' || event.key === 'j';
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Delete') onRemove();
  else if (down || event.key === 'ArrowUp' || event.key === 'k') {
    const links = [...document.querySelectorAll<HTMLElement>('.rule-link')];
    const next = links[links.indexOf(event.currentTarget) + (down ? 1 : -1)];
    next?.focus();
    next?.scrollIntoView({ block: 'nearest' });
  } else return;
  event.preventDefault();
}
