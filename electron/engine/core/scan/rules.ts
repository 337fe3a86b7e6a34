import type { Finding } from '../../../shared/content.ts';

/**
 * What the scanner knows, as data. A `hint` is shown only beside something else that is suspicious: two different hints
 * together weigh as much as a `warn`.
 */
export interface ScanRule {
  weight: Finding['weight'] | 'hint';
  title: string;
  advice: string;
}

const rules = {
  'hidden-characters': {
    weight: 'block',
    title: 'Characters that cannot be seen',
    advice: 'An agent reads them, you do not. Remove the server unless its author can say why they are there.',
  },
  'name-charset': {
    weight: 'block',
    title: 'A name with characters names may not have',
    advice: 'Names may hold letters, digits, "_", "-" and "." only; do not accept this one.',
  },
  'lookalike-letters': {
    weight: 'warn',
    title: 'Letters that imitate other letters',
    advice: 'Read the marked word letter by letter; honest descriptions have no use for this.',
  },
  'lookalike-name': {
    weight: 'warn',
    title: 'A name that looks like another tool’s',
    advice: 'Make sure that this is not meant to be mistaken for the other tool.',
  },
  disguised: {
    weight: 'hint',
    title: 'Words written so that a search misses them',
    advice: 'Read the marked text slowly; spread or replaced letters hide what it says.',
  },
  credentials: {
    weight: 'warn',
    title: 'Tells the agent to fetch or hand over secrets',
    advice: 'A description needs no secrets or private files. Do not accept it.',
  },
  'secret-mention': {
    weight: 'hint',
    title: 'Mentions private files or secrets',
    advice: 'Ask yourself why this tool would need them.',
  },
  conversation: {
    weight: 'warn',
    title: 'Asks for the conversation or the agent’s instructions',
    advice: 'What you say to the agent would go to this server. Accept it only if that is the point of the tool.',
  },
  concealment: {
    weight: 'warn',
    title: 'Tells the agent to hide something from you',
    advice: 'Nothing honest has to be hidden from you. Do not accept it.',
  },
  override: {
    weight: 'warn',
    title: 'Tries to replace the agent’s instructions',
    advice: 'A description has no business with other instructions. Do not accept it.',
  },
  approval: {
    weight: 'warn',
    title: 'Claims that nobody needs to be asked',
    advice: 'Only you decide what needs your approval; the rules here still apply.',
  },
  'other-tools': {
    weight: 'warn',
    title: 'Tells the agent how to use other tools',
    advice: 'A tool may describe itself, not change what others do. Do not accept it.',
  },
  'peer-named': {
    weight: 'hint',
    title: 'Names a tool of another server',
    advice: 'Check that it does not try to take the other tool’s place.',
  },
  'call-first': {
    weight: 'hint',
    title: 'Wants to be called first or always',
    advice: 'Ask yourself whether every task of yours really needs this tool.',
  },
  'before-everything': {
    weight: 'warn',
    title: 'Wants to be called before everything else',
    advice: 'It would see every task of yours. Accept it only if that is its purpose.',
  },
  'prefers-itself': {
    weight: 'warn',
    title: 'Tells the agent to avoid other tools',
    advice: 'Which tool fits is for you and the agent to say. Do not accept it without a reason.',
  },
  destination: {
    weight: 'warn',
    title: 'Tells the agent where to send things',
    advice: 'Check the address: data would leave for a place the server chose.',
  },
  'role-tags': {
    weight: 'warn',
    title: 'Marks that imitate a system message',
    advice: 'They make plain text look like an order to the agent. Do not accept it.',
  },
  'hidden-markup': {
    weight: 'warn',
    title: 'Text hidden in markup or far off the screen',
    advice: 'Read the whole text below; parts of it were meant not to be seen.',
  },
  encoded: {
    weight: 'warn',
    title: 'Encoded text with something suspicious in it',
    advice: 'Read what it says in clear; honest descriptions are not encoded.',
  },
  'encoded-text': {
    weight: 'hint',
    title: 'Encoded text',
    advice: 'Read what it says in clear.',
  },
  commands: {
    weight: 'warn',
    title: 'Commands the agent is told to run',
    advice: 'Running them would act on your computer, outside of this tool. Do not accept it.',
  },
  'shell-value': {
    weight: 'warn',
    title: 'A preset value that would run commands',
    advice: 'An agent fills presets in without thinking. Do not accept it.',
  },
  'address-value': {
    weight: 'warn',
    title: 'A preset address of a place that collects data',
    advice: 'An agent would send there what it puts into this call. Do not accept it.',
  },
  'url-value': {
    weight: 'note',
    title: 'A preset address',
    advice: 'Check that you know the address.',
  },
  'credential-parameter': {
    weight: 'hint',
    title: 'An input for a secret',
    advice: 'Secrets belong in the server’s settings, where agents do not see them.',
  },
  'contradicting-annotation': {
    weight: 'warn',
    title: 'Says it only reads, but its name says otherwise',
    advice: 'Do not trust its annotations; the rating here ignores them unless you trusted the server.',
  },
  'remote-reference': {
    weight: 'warn',
    title: 'A schema that lives elsewhere',
    advice: 'It is never fetched, so the inputs cannot be checked. Ask for a definition that is complete.',
  },
  'schema-limit': {
    weight: 'warn',
    title: 'A definition larger than anybody can read',
    advice: 'Not all of it was looked at. Do not accept what you cannot read.',
  },
  'pattern-unchecked': {
    weight: 'note',
    title: 'A pattern that cannot be checked safely',
    advice: 'Inputs are passed on without this check.',
  },
  'header-parameter': {
    weight: 'warn',
    title: 'An input that becomes a header it may not be',
    advice: 'The protocol forbids it; ask the author to mend it.',
  },
  'icon-address': {
    weight: 'warn',
    title: 'An icon from an address icons may not have',
    advice: 'It is never loaded. Icons come by https or inside the definition.',
  },
  'open-page': {
    weight: 'warn',
    title: 'A page that may talk to every address',
    advice: 'A page of this tool could send what it sees anywhere.',
  },
} as const satisfies Record<string, ScanRule>;

export type RuleId = keyof typeof rules;
export const scanRules: Readonly<Record<RuleId, ScanRule>> = rules;
