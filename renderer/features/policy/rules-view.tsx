import { useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { type ArgumentCondition, effectSchema, type PolicyView } from '../../../electron/shared/index.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { EmptyState, LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { LintBand } from './lint-band.tsx';
import { groupPolicy } from './policy-words.ts';
import { emptyRuleForm, type RuleForm, toNeverForm, toRuleForm } from './rule-form.ts';
import { RuleGroups } from './rule-groups.tsx';
import { RulePane } from './rule-pane.tsx';
import { useAgentNames } from './use-agent-names.ts';
import { usePolicyQuery } from './use-policy.ts';

interface RulesViewProps {
  view: PolicyView;
  /** What the right side shows: nothing, a saved rule, or a new one. */
  mode: 'rule' | 'new' | null;
  /** A rule's id; for a new one `never`, a call's id, or nothing. */
  what: string | null;
  effect: string | null;
}

/** The rules as sentences, and the chosen one beside them. */
export function RulesView({ view, mode, what, effect }: RulesViewProps) {
  const [query, setQuery] = useState('');
  const nameOf = useAgentNames();
  const groups = useMemo(() => groupPolicy(view, nameOf, Date.now(), query), [view, nameOf, query]);
  const isEmpty = view.rules.length === 0 && view.never.length === 0;
  return (
    <>
      <section className="pane policy-list" aria-label="Rules" data-beside={mode !== null || undefined}>
        {isEmpty ? (
          <NoRules />
        ) : (
          <>
            <div className="policy-search">
              <TextField
                label="Search rules"
                hideLabel
                type="search"
                icon="search"
                placeholder="Rules"
                value={query}
                onChange={setQuery}
              />
              <span className="t3 f12">Block wins over Ask, Ask over Allow, in any order.</span>
            </div>
            {groups.length === 0 && <EmptyState title={`No rule matches “${query}”`} />}
            <LintBand view={view} />
            <RuleGroups view={view} groups={groups} selectedId={mode === 'rule' ? what : null} />
          </>
        )}
      </section>
      {mode === 'rule' && what !== null && <SavedRule key={what} view={view} id={what} />}
      {mode === 'new' && (effect === null || what === null) && (
        <BlankRule key={what ?? 'new'} view={view} kind={what === 'never' ? 'never' : 'rule'} />
      )}
      {mode === 'new' && what !== null && effect !== null && (
        <RuleFromCall key={`${what} ${effect}`} view={view} callId={what} effect={effect} />
      )}
    </>
  );
}

function NoRules() {
  const [, navigate] = useLocation();
  return (
    <EmptyState
      title="There are no rules yet"
      action={<Button onClick={() => navigate('/policy/new')}>New rule</Button>}
    >
      Switches and presets decide every call. A rule goes further: it looks at who calls, at which tool, and at what
      stands in the arguments. “Make rule…” beside a call in Live starts one from that call.
    </EmptyState>
  );
}

function SavedRule({ view, id }: { view: PolicyView; id: string }) {
  const form = useMemo(() => findForm(view, id), [view, id]);
  if (form === null) {
    return (
      <aside className="detail rule-pane" aria-label="Rule">
        <EmptyState title="This rule does not exist any more">It was removed, or the address is wrong.</EmptyState>
      </aside>
    );
  }
  return <RulePane view={view} saved={form} suggestions={none} />;
}

const none: readonly ArgumentCondition[] = [];

function findForm(view: PolicyView, id: string): RuleForm | null {
  const rule = view.rules.find((other) => other.rule.id === id);
  if (rule !== undefined) return toRuleForm(rule.rule);
  const never = view.never.find((other) => other.entry.id === id);
  return never === undefined ? null : toNeverForm(never.entry);
}

function BlankRule({ view, kind }: { view: PolicyView; kind: RuleForm['kind'] }) {
  const [form] = useState(() => emptyRuleForm(kind));
  return <RulePane view={view} saved={form} suggestions={none} />;
}

/** A new rule that begins with what one call was. */
function RuleFromCall({ view, callId, effect }: { view: PolicyView; callId: string; effect: string }) {
  const asked = effectSchema.catch('ask').parse(effect);
  const draft = usePolicyQuery('policy.draftFromCall', { callId, effect: asked }, (bridge) =>
    bridge.call('policy.draftFromCall', { callId, effect: asked }),
  );
  // Only the first answer: the form must not change under the person's hands.
  const [first, setFirst] = useState(draft.data);
  if (first === undefined && draft.data !== undefined) setFirst(draft.data);
  const form = useMemo(() => (first === undefined ? null : toRuleForm({ ...first.rule, name: 'x' }, true)), [first]);
  if (first === undefined || form === null) {
    return (
      <aside className="detail rule-pane" aria-label="Rule">
        {draft.error === null ? (
          <Skeleton label="Reading the call" />
        ) : (
          <LoadError
            title="No rule could be made from this call"
            detail={`${draft.error.message} ${draft.error.fix}`.trim()}
            stillWorks="A rule can be written by hand."
            onRetry={draft.retry}
          />
        )}
      </aside>
    );
  }
  const note = first.forgotten ? 'The arguments of this call are no longer held, so none are offered below.' : null;
  return <RulePane view={view} saved={{ ...form, name: '' }} suggestions={first.suggestions} note={note} isFresh />;
}
