import { useState } from 'react';
import type { PolicyView } from '../../../electron/shared/index.ts';
import { type FormReading, isSameForm, type RuleForm, readRuleForm } from './rule-form.ts';
import { useAgentNames } from './use-agent-names.ts';

export interface RuleDraft {
  form: RuleForm;
  setForm: (form: RuleForm) => void;
  reading: FormReading;
  isDirty: boolean;
  /** Somebody else saved this rule since the editing began. */
  isOvertaken: boolean;
  /** Puts the form where the saved rule is. */
  settle: (form: RuleForm) => void;
}

interface Draft {
  form: RuleForm;
  base: RuleForm;
  isOvertaken: boolean;
}

/** A rule while it is edited. What is saved elsewhere meanwhile shows at once, or is said when it would be overwritten. */
export function useRuleDraft(saved: RuleForm, view: PolicyView, isFresh: boolean): RuleDraft {
  const [draft, setDraft] = useState<Draft>({ form: saved, base: saved, isOvertaken: false });
  const nameOf = useAgentNames();
  const hasChanges = !isSameForm(draft.form, draft.base);
  if (!isSameForm(saved, draft.base)) {
    setDraft(
      hasChanges ? { ...draft, base: saved, isOvertaken: true } : { form: saved, base: saved, isOvertaken: false },
    );
  }
  const taken = new Set([...view.rules.map(({ rule }) => rule.id), ...view.never.map(({ entry }) => entry.id)]);
  return {
    form: draft.form,
    setForm: (form) => setDraft((before) => ({ ...before, form })),
    reading: readRuleForm(draft.form, { now: Date.now(), taken, nameOf }),
    isDirty: hasChanges || isFresh,
    isOvertaken: draft.isOvertaken,
    settle: (form) => setDraft({ form, base: form, isOvertaken: false }),
  };
}
