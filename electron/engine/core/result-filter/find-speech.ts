import type { RuleId } from '../scan/rules.ts';
import { scanProse } from '../scan/scan-prose.ts';
import type { Suspect } from './scan-bytes.ts';

/** Rules that make sense in a text which merely passes through; the rest is about definitions. */
const speaking = new Set<RuleId>([
  'override',
  'concealment',
  'credentials',
  'role-tags',
  'approval',
  'destination',
  'commands',
]);
/** How much is read around a word that made us look, and how many such places. */
const behind = 200;
const ahead = 280;
const maxWindows = 40;

/** What in a result speaks to the agent: titles of rules, each once. Only places that caught the eye are read. */
export function findSpeech(bytes: Buffer, suspects: readonly Suspect[]): Set<RuleId> {
  const rules = new Set<RuleId>();
  let readTo = -1;
  let windows = 0;
  for (const { kind, start, end } of suspects) {
    if (kind !== 'speech' || start < readTo) continue;
    if (end - start > 2 && !isCue(bytes.toString('latin1', start, end))) continue;
    windows += 1;
    if (windows > maxWindows) break;
    readTo = Math.min(bytes.length, end + ahead);
    const text = bytes.toString('utf8', Math.max(0, start - behind), readTo).replace(/\\[nrt]/g, '\n');
    for (const { rule } of scanProse(text)) if (speaking.has(rule)) rules.add(rule);
  }
  return rules;
}

const cues =
  /^(?:ignor|disregard|forget|overrid|important|assistant|prompt|system|instruct|tell|secretly|mention|reveal|inform|disclos|ignorar|instruc|anweis|istruz|inviare|confirmation|permission|attention|exfil)/i;

function isCue(word: string): boolean {
  return cues.test(word);
}
