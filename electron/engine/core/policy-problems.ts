import type { PolicyChange } from '../../shared/index.ts';
import { compileCondition } from './compile-condition.ts';

export interface PolicyProblem {
  ruleId: string;
  /** `conditions.0`, or empty. */
  path: string;
  message: string;
}

/** Conditions that cannot work: a pattern that is none, a folder that is not absolute, a host that is no host. */
export function findProblems(changes: readonly PolicyChange[]): PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  for (const change of changes) {
    if ((change.kind !== 'rule' && change.kind !== 'never') || !change.value) continue;
    change.value.conditions.forEach((condition, index) => {
      try {
        compileCondition(condition);
      } catch (error) {
        const message = error instanceof Error ? error.message : 'This condition cannot be used.';
        problems.push({ ruleId: change.id, path: `conditions.${index}`, message });
      }
    });
  }
  return problems;
}
