import type { AuditEntry } from '../../../electron/shared/index.ts';
import { describeOutcome, type StateLook } from '../../lib/describe-call.ts';
import { formatCount } from '../../lib/format.ts';

const noted: StateLook = { tone: 'off', icon: 'info', word: 'Noted' };
const written: StateLook = { ...noted, word: 'Written' };

const looks: Readonly<Record<string, StateLook>> = {
  'call.parked': { tone: 'ask', icon: 'hand', word: 'Held' },
  'call.resumed': { tone: 'off', icon: 'play', word: 'Resumed' },
  'call.edited': { ...written, word: 'Edited' },
  'engine.started': { tone: 'off', icon: 'play', word: 'Started' },
  'engine.stopped': { tone: 'off', icon: 'block', word: 'Stopped' },
  'log.started': { tone: 'off', icon: 'play', word: 'Started' },
  'log.stopped': { tone: 'off', icon: 'block', word: 'Stopped' },
  'engine.paused': { tone: 'ask', icon: 'pause', word: 'Paused' },
  'engine.resumed': { tone: 'off', icon: 'play', word: 'Resumed' },
  'agent.paused': { tone: 'ask', icon: 'pause', word: 'Paused' },
  'agent.resumed': { tone: 'off', icon: 'play', word: 'Resumed' },
  'log.loss': { tone: 'fault', icon: 'fault', word: 'Loss' },
  'audit.exported': { tone: 'off', icon: 'download', word: 'Exported' },
  'notice.passed': { ...noted, word: 'Passed on' },
};

/** Events that changed what is stored. */
const changes =
  /(changed|created|added|removed|restored|accepted|forgotten|rotated|renamed|replaced|bound|confirmed|enabled|disabled|pruned|remembered|shortened|ended|expired|passphrase_set|started_over)$/;

/** Glyph, word and tone of an entry. */
export function describeEntry({ event, outcome, effect, actor }: AuditEntry): StateLook {
  if (outcome !== null) return describeOutcome(outcome);
  const look = looks[event];
  if (look) return look;
  if (event === 'approval.decided') {
    if (actor !== 'person') return { tone: 'off', icon: 'clock', word: 'Unanswered' };
    return effect === 'allow'
      ? { tone: 'allow', icon: 'check', word: 'Approved' }
      : { tone: 'block', icon: 'block', word: 'Denied' };
  }
  if (event.startsWith('ask.')) {
    return effect === 'deny' ? { tone: 'block', icon: 'block', word: 'Denied' } : { ...noted, word: 'Asked' };
  }
  return changes.test(event) ? written : noted;
}

const eventWords: Readonly<Record<string, string>> = {
  'approval.decided': 'question answered',
  'grant.changed': 'switch changed',
  'grant.remembered': 'approval remembered',
  'grant.shortened': 'permission shortened',
  'grant.ended': 'permission ended',
  'grant.expired': 'permission ran out',
  'engine.started': 'ScopeGate started',
  'engine.stopped': 'ScopeGate stopped',
  'audit.exported': 'log exported',
  'audit.report_made': 'report made',
};

/** What happened, in a few words: `policy changed`. */
export function eventName(event: string): string {
  return eventWords[event] ?? event.replace(/[._]/g, ' ');
}

const actors: Readonly<Record<AuditEntry['actor'], string>> = {
  agent: 'Agent',
  person: 'You',
  engine: 'ScopeGate',
  config: 'Configuration file',
};

/** Whose doing it was: the agent of a call, else who acted. */
export function whoOf(entry: AuditEntry): string {
  if (entry.actor === 'agent' || entry.event.startsWith('call.')) return entry.agentName ?? actors[entry.actor];
  return actors[entry.actor];
}

const reasons: Readonly<Record<string, string>> = {
  switch_tool: 'Switch of the tool',
  switch_server: 'Switch of the server',
  switch_agent: 'Where the agent starts',
  switch_global: 'Nothing is set for it',
  own_block: 'Switch set to Block',
  changed: 'Definition not reviewed',
  paused: 'Paused',
  never: 'Never-list',
  rule_deny: 'Rule',
  rule_ask: 'Rule',
  rule_allow: 'Rule',
  grant: 'Remembered approval',
  loop: 'Same call again and again',
  flow: 'Private and foreign text, then out',
  policy_fault: 'A rule does not work',
  approved: 'Approved by you',
  denied: 'Denied by you',
  timeout: 'Nobody answered',
  away: 'Nobody was there',
  not_listed: 'Not listed',
  not_called_again: 'The agent did not call again',
  policy_changed: 'Policy changed meanwhile',
  cancelled: 'The agent cancelled',
  rate_limited: 'Too many calls',
};

/** Why, in a few words. `ruleName`: of the rule the entry names, if it is known. */
export function reasonOf(entry: AuditEntry, ruleName: string | null): string {
  const { reasonCode, ruleId } = entry;
  if (reasonCode === null) return '';
  const plain = reasonCode.replaceAll('_', ' ');
  const words = reasons[reasonCode] ?? `${plain.charAt(0).toUpperCase()}${plain.slice(1)}`;
  const isOfRule = reasonCode.startsWith('rule_') || reasonCode === 'never';
  if (!isOfRule || (ruleName ?? ruleId) === null) return words;
  return `${words} “${ruleName ?? ruleId}”`;
}

/** The rows by which a list shows a call. */
export function isCall({ event, callId }: AuditEntry): boolean {
  return callId !== null && (event === 'call.settled' || event === 'call.refused' || event === 'call.recovered');
}

/** `1 entry`, `12 entries`. */
export function countEntries(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'entry' : 'entries'}`;
}
