import { describeNever, describeRule, joinSentence, type PolicyChange } from '../../../electron/shared/index.ts';
import { tierWords } from '../../ui/tier.tsx';
import { formatLoop, presetOf } from './agent-settings.ts';

type OtherChange = Extract<PolicyChange, { kind: 'risk' | 'agent' }>;

/** A change that is no rule: it stands in no list of the preview, so it is said here. */
export function isOther(change: PolicyChange): change is OtherChange {
  return change.kind === 'risk' || change.kind === 'agent';
}

/** The sentence of a rule an import adds; its id when the change does not hold it. */
export function describeAdded(
  id: string,
  changes: readonly PolicyChange[],
  nameOf: (agentId: string) => string,
): string {
  for (const change of changes) {
    if (change.kind === 'rule' && change.id === id && change.value !== null)
      return joinSentence(describeRule(change.value, nameOf(change.value.agent), Date.now()));
    if (change.kind === 'never' && change.id === id && change.value !== null)
      return joinSentence(describeNever(change.value));
  }
  return id;
}

/** A tier or an agent's settings in words. */
export function describeOther(change: OtherChange, nameOf: (agentId: string) => string): string {
  if (change.kind === 'risk') {
    const what = `${change.serverId}: ${change.tool}`;
    return change.value === null
      ? `${what} has the tier its facts give`
      : `${what} counts as ${tierWords[change.value]}`;
  }
  const who = nameOf(change.agentId);
  if (change.value === null) return `${who} has the usual settings`;
  const { loop, flowGuard } = change.value;
  const preset = presetOf(change.value)?.name ?? 'no preset';
  return `${who}: ${preset}, same call repeated: ${formatLoop(loop)}, mixed session: ${flowGuard ? 'Ask' : 'Off'}`;
}
