import type { ArgumentChoice, Remember, RememberDuration, SentencePart } from './remember.ts';

/** Characters of a value that stand in a sentence. */
const maxValue = 80;

const durationWords: Readonly<Record<RememberDuration, string>> = {
  '15m': 'For 15 minutes ',
  '1h': 'For 1 hour ',
  until_quit: 'Until ScopeGate quits ',
  always: 'From now on ',
};

const choiceWords: Readonly<Record<ArgumentChoice['kind'], string>> = {
  same: 'the same',
  inside: 'inside one folder',
  host: 'on one host',
  any: 'any',
};

/** What a permission is about. */
export interface RememberSubject {
  agentName: string;
  serverName: string;
  tool: string;
  /** The very arguments the permission is made from. */
  arguments: Readonly<Record<string, unknown>>;
}

/**
 * The permission a choice becomes, in words, whole: what it does not say it does not allow. Values stand as JSON, so that
 * no text can imitate ours, and a cut says how long the value is.
 */
export function describeRemember(subject: RememberSubject, { duration, match }: Remember): SentencePart[] {
  const parts: SentencePart[] = [
    words(durationWords[duration]),
    name(subject.agentName),
    words(' may call '),
    name(`${subject.serverName}: ${subject.tool}`),
    words(' without asking'),
  ];
  if (match.kind === 'exact') return [...parts, words(' with exactly these arguments.')];
  if (match.kind === 'any') return [...parts, words(', whatever the arguments are.')];
  const bound: SentencePart[][] = [];
  const free: SentencePart[][] = [];
  for (const [key, choice] of Object.entries(match.arguments)) {
    if (choice.kind === 'any') free.push([name(key)]);
    else bound.push(describeBound(key, choice, subject.arguments[key]));
  }
  if (bound.length > 0) parts.push(words(' when '), ...list(bound));
  if (free.length > 0) {
    parts.push(words(bound.length > 0 ? ', with any ' : ' with any '), ...list(free));
  }
  return [...parts, words(' and no other arguments.')];
}

/** The permission without any value of the call it came from: for the log and the history, which keep no arguments. */
export function summariseRemember({ duration, match }: Remember): string {
  const time = durationWords[duration].trim();
  if (match.kind === 'exact') return `${time}, exactly these arguments`;
  if (match.kind === 'any') return `${time}, any arguments`;
  const choices = Object.entries(match.arguments).map(
    ([key, choice]) => `${shortValue(key)} ${choiceWords[choice.kind]}`,
  );
  return `${time}, ${choices.join(', ')}`;
}

/** The sentence as one text, at most `maxLength` characters. */
export function joinSentence(parts: readonly SentencePart[], maxLength = Number.POSITIVE_INFINITY): string {
  const text = parts.map((part) => part.text).join('');
  return text.length <= maxLength ? text : `${wholeCharacters(text.slice(0, maxLength - 1))}…`;
}

function describeBound(key: string, choice: Exclude<ArgumentChoice, { kind: 'any' }>, value: unknown): SentencePart[] {
  switch (choice.kind) {
    case 'same':
      return [name(key), words(' is '), { kind: 'value', text: shortValue(value) }];
    case 'inside':
      return [name(key), words(' is inside '), { kind: 'value', text: shortValue(choice.folder) }];
    case 'host':
      return [name(key), words(' has the host '), { kind: 'value', text: shortValue(choice.host) }];
  }
}

function shortValue(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  if (text.length <= maxValue) return text;
  return `${wholeCharacters(text.slice(0, maxValue))}… (${text.length} characters)`;
}

/** Without the first half of a surrogate pair at its end. */
function wholeCharacters(text: string): string {
  return text.replace(/[\uD800-\uDBFF]$/, '');
}

/** "a", "a and b", "a, b and c". */
function list(items: SentencePart[][]): SentencePart[] {
  return items.flatMap((item, index) => {
    if (index === 0) return item;
    return [words(index === items.length - 1 ? ' and ' : ', '), ...item];
  });
}

function words(text: string): SentencePart {
  return { kind: 'words', text };
}

function name(text: string): SentencePart {
  return { kind: 'name', text };
}
