import { useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { ArgumentCondition, PolicyChange, PolicyView } from '../../../electron/shared/index.ts';
import { useLeaveGuard } from '../../frame/leave-guard.tsx';
import { auditLink } from '../../lib/audit-link.ts';
import { useEngineStore } from '../../state/engine-context.tsx';
import { selectIsInStep } from '../../state/selectors.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { focusFirstError } from '../../ui/field.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { KeyHint } from '../../ui/key-hint.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { DraftNotes } from './draft-notes.tsx';
import { ReplayPanel } from './replay-panel.tsx';
import { RuleFields } from './rule-fields.tsx';
import { type RuleForm, suggestName, toNeverForm, toRuleForm } from './rule-form.ts';
import { removalOf } from './rule-groups.tsx';
import { TestPanel } from './test-panel.tsx';
import { useAgentNames } from './use-agent-names.ts';
import { usePaneKeys } from './use-pane-keys.ts';
import { usePolicyWriter } from './use-policy.ts';
import { type RuleDraft, useRuleDraft } from './use-rule-draft.ts';

interface RulePaneProps {
  view: PolicyView;
  /** The rule as it is saved, or what a new one begins with. */
  saved: RuleForm;
  suggestions: readonly ArgumentCondition[];
  note?: string | null;
  /** A new rule that already says something worth keeping. */
  isFresh?: boolean;
}

type TabName = 'rule' | 'replay' | 'test';

/** One rule: its sentence as a form, what it would have done, and a box to try it in. */
export function RulePane({ view, saved, suggestions, note = null, isFresh = false }: RulePaneProps) {
  const [, navigate] = useLocation();
  const [tab, setTab] = useState<TabName>('rule');
  const [isChecked, setIsChecked] = useState(false);
  const pane = useRef<HTMLElement>(null);
  const draft = useRuleDraft(saved, view, isFresh);
  const nameOf = useAgentNames();
  const writer = usePolicyWriter('here');
  const { form, reading } = draft;
  const letThrough = useLeaveGuard(draft.isDirty, form.id === null ? 'this new rule' : 'the changes to this rule');
  const title = form.name.trim() === '' ? suggestName(form, nameOf) : form.name.trim();

  const save = async (): Promise<void> => {
    setIsChecked(true);
    if (!reading.ok) {
      setTab('rule');
      focusFirstError(pane.current);
      return;
    }
    const { change } = reading;
    const isDone = await writer.change([change], `“${change.value?.name ?? title}” is saved`, view.version);
    if (!isDone) return;
    const next = formOf(change);
    if (next !== null && form.id !== null) draft.settle(next);
    setIsChecked(false);
    letThrough();
    navigate(`/policy/rule/${change.id}`, { replace: true });
  };
  const remove = async (): Promise<void> => {
    if (form.id === null) return;
    const line = { id: form.id, group: form.kind === 'never' ? ('never' as const) : form.effect };
    if (!(await writer.change([removalOf(line)], `“${title}” is removed`))) return;
    letThrough();
    navigate('/policy');
  };
  usePaneKeys(pane, { save: () => void save(), close: () => navigate('/policy') });
  const changes: PolicyChange[] = reading.ok ? [reading.change] : [];

  return (
    <aside className="detail rule-pane" aria-label="Rule" ref={pane}>
      <div className="dh">
        <div className="hs">
          <h2 className="grow cut" title={title}>
            {form.id === null ? 'New: ' : ''}
            {title}
          </h2>
          {draft.isDirty && <span className="t3 f12">Not saved</span>}
          {form.id !== null && (
            <Link className="f12" href={auditLink([{ key: 'rule', value: form.id }])}>
              Calls it decided
            </Link>
          )}
          <IconButton icon="x" label="Close" ghost small onClick={() => navigate('/policy')} />
        </div>
      </div>
      <Tabs
        label="About this rule"
        value={tab}
        onChange={setTab}
        tabs={[
          {
            value: 'rule',
            label: 'Rule',
            content: (
              <div className="db">
                {note !== null && <p className="t2">{note}</p>}
                <RuleFields draft={draft} suggestions={suggestions} isChecked={isChecked} />
                <DraftNotes draft={draft} view={view} changes={changes} />
              </div>
            ),
          },
          {
            value: 'replay',
            label: 'What would change',
            content: <ReplayPanel changes={changes} reading={reading} view={view} />,
          },
          { value: 'test', label: 'Try it', content: <TestPanel changes={changes} start={form} /> },
        ]}
      />
      <PaneFoot
        draft={draft}
        busy={writer.busy}
        failure={writer.failure}
        onSave={() => void save()}
        onRemove={() => void remove()}
      />
    </aside>
  );
}

interface PaneFootProps {
  draft: RuleDraft;
  busy: boolean;
  failure: string | null;
  onSave: () => void;
  onRemove: () => void;
}

function PaneFoot({ draft, busy, failure, onSave, onRemove }: PaneFootProps) {
  const [, navigate] = useLocation();
  const isInStep = useEngineStore(selectIsInStep);
  return (
    <>
      {failure !== null && (
        <div className="rule-failure">
          <FormFailure text={failure} />
        </div>
      )}
      <div className="da">
        {draft.form.id !== null && (
          <Button small disabled={busy || !isInStep} onClick={onRemove}>
            Remove
          </Button>
        )}
        <span className="grow" />
        {draft.isDirty && (
          <Button small onClick={() => navigate('/policy')}>
            Cancel
          </Button>
        )}
        <Button
          small
          variant="primary"
          busy={busy}
          disabled={!draft.isDirty || !isInStep}
          aria-keyshortcuts="Control+Enter Meta+Enter"
          onClick={onSave}
        >
          Save rule <KeyHint keys="mod+Enter" />
        </Button>
      </div>
    </>
  );
}

function formOf(change: PolicyChange): RuleForm | null {
  if (change.kind === 'rule' && change.value !== null) return toRuleForm(change.value);
  return change.kind === 'never' && change.value !== null ? toNeverForm(change.value) : null;
}
