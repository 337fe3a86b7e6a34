import { latinWords } from './vocabulary-latin.ts';
import { otherWords } from './vocabulary-other.ts';

/**
 * What a word can mean to the rules. A rule is a set of meanings that stand close together, in any order, because orders
 * differ between languages.
 */
export const concepts = [
  'neg',
  'tell',
  'person',
  'silent',
  'hide',
  'ignore',
  'previous',
  'instructions',
  'read',
  'send',
  'secret',
  'path',
  'conversation',
  'whole',
  'must',
  'ask',
  'permission',
  'already',
  'approved',
  'first',
  'call',
  'tool',
  'other',
  'prefer',
  'change',
  'recipient',
  'address',
  'url',
  'shell',
  'when',
  'future',
] as const;
export type Concept = (typeof concepts)[number];

/** A bit for each meaning. */
export function bitOf(concept: Concept): number {
  return 1 << concepts.indexOf(concept);
}

/**
 * Words of one language or several, separated by spaces. A word that ends in `*` stands for every word that starts so.
 * For scripts without spaces between words, each is looked for anywhere; `_` stands for a space in one of those.
 */
export type WordList = Partial<Record<Concept, string>>;

const english: WordList = {
  neg: 'not never dont doesnt without avoid refrain no nobody nor wont shouldnt mustnt skip',
  tell: 'tell* mention* inform* reveal* disclos* divulg* notify notifying notif explain* say saying show showing display* announce* acknowledg* alert* surface discuss* report* expose* describe aware bother* worry worrying',
  person: 'user users human humans person people operator customer owner them anyone anybody him her',
  silent: 'silently quietly secretly discreetly covertly stealthily invisibly unnoticed transparently',
  hide: 'hide hides hiding conceal* withhold* obscure',
  ignore:
    'ignor* disregard* forget overrid* overrul* discard* supersed* bypass* abandon nullif* void replace replaces dismiss',
  previous:
    'previous* prior earlier preceding above all any your existing original safety system security former other foregoing',
  instructions:
    'instruction* prompt prompts rule rules guideline* directive* policy policies safety restriction* guardrail* constraint* order orders',
  read: 'read reads reading open opens cat load loads retriev* access collect* gather* extract* copy copying dump grab* fetch get obtain include look lookup locate find scan list inspect harvest',
  send: 'send sends sending pass passes passing forward* upload* post posts transmit* exfiltrat* email mail append* attach* include provid* supply* put place insert* embed* encod* share sharing submit* deliver* copy paste pasting bcc relay* mirror* leak* write encode add adding fill populate hand',
  secret:
    'password* passwd passphrase* credential* secrets cookies mnemonic wallet wallets otp totp keychain bearer keyring',
  whole:
    'all full entire complet* whole verbatim every any everything contents content found present available exact* actual raw word-for-word',
  must: 'also must should always require* need needs important please ensure sure mandatory never remember before first critical crucial essential otherwise unless necessary obligatory have make step begin prerequisite fail fails only kindly immediately',
  ask: 'ask asking asks prompt prompting wait waiting seek seeking request requesting require requires required need needed needs check',
  permission: 'confirm confirmation* approval* permission* consent* authorization authorisation approve dialog',
  already: 'already pre previously beforehand has have been given granted',
  approved:
    'approved authorized authorised consented preapproved preauthorized permitted agreed confirmed whitelisted cleared',
  first: 'first before prior beginning start initially begin',
  call: 'call calls calling called invoke invok* use using run running execut* consult* trigger',
  tool: 'tool tools function functions command operation operations task tasks action actions request requests response responses message messages turn reply step answer answering anything',
  other: 'other others every each another else everything rest remaining different',
  prefer:
    'prefer* instead deprecated obsolete broken insecure unreliable superior rather avoid never outdated compromised',
  change:
    'chang* modify* modif* replac* set redirect* alter* append* add adding also rewrit* substitut* swap adjust prepend insert* switch route',
  recipient:
    'recipient recipients bcc cc receiver destination payee beneficiary iban address addresses addressee amount account',
  when: 'when whenever after before every if once each while',
  future: 'future subsequent later upcoming sessions permanently forever persist persistent henceforth',
};

/** Latin and Cyrillic words: exact ones, and beginnings by their length. */
export interface WordIndex {
  exact: ReadonlyMap<string, number>;
  stems: ReadonlyMap<string, number>;
  shortestStem: number;
  longestStem: number;
  /** Pieces to look for anywhere in texts of other scripts. */
  pieces: ReadonlyMap<string, number>;
}

const anywhere = /[\u0590-\u08ff\u0900-\u0dff\u0e00-\u0eff\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/u;

function buildIndex(lists: readonly WordList[]): WordIndex {
  const exact = new Map<string, number>();
  const stems = new Map<string, number>();
  const pieces = new Map<string, number>();
  for (const list of lists) {
    for (const concept of concepts) {
      for (const listed of list[concept]?.split(' ') ?? []) {
        const isStem = listed.endsWith('*');
        const word = foldWord(isStem ? listed.slice(0, -1) : listed);
        if (word === '') continue;
        const into = anywhere.test(word) ? pieces : isStem ? stems : exact;
        into.set(word, (into.get(word) ?? 0) | bitOf(concept));
      }
    }
  }
  const lengths = [...stems.keys()].map((stem) => stem.length);
  return { exact, stems, pieces, shortestStem: Math.min(...lengths), longestStem: Math.max(...lengths) };
}

function foldWord(word: string): string {
  return word
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f'’]/g, '')
    .replaceAll('_', ' ');
}

export const wordIndex = buildIndex([english, ...latinWords, ...otherWords]);
