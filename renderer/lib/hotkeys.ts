/** Every shortcut, in the order the help shows them. Single letters do nothing while a person types. */
export const hotkeyHelp: readonly {
  keys: readonly string[];
  does: string;
  where: 'Everywhere' | 'Live and Audit' | 'Live' | 'Approvals';
}[] = [
  { keys: ['mod+1'], does: 'Live', where: 'Everywhere' },
  { keys: ['mod+2'], does: 'Approvals', where: 'Everywhere' },
  { keys: ['mod+3'], does: 'Agents', where: 'Everywhere' },
  { keys: ['mod+4'], does: 'Servers', where: 'Everywhere' },
  { keys: ['mod+5'], does: 'Credentials', where: 'Everywhere' },
  { keys: ['mod+6'], does: 'Policy', where: 'Everywhere' },
  { keys: ['mod+7'], does: 'Audit', where: 'Everywhere' },
  { keys: ['mod+8'], does: 'Analytics', where: 'Everywhere' },
  { keys: ['mod+,', 'mod+9'], does: 'Settings', where: 'Everywhere' },
  { keys: ['mod+shift+p'], does: 'Pause or resume all agents', where: 'Everywhere' },
  { keys: ['mod+l'], does: 'Lock the vault, or unlock it', where: 'Everywhere' },
  { keys: ['?'], does: 'This list', where: 'Everywhere' },
  { keys: ['j', '↓'], does: 'Next row', where: 'Live and Audit' },
  { keys: ['k', '↑'], does: 'Previous row', where: 'Live and Audit' },
  { keys: ['Enter'], does: 'Open the row, or its approval', where: 'Live and Audit' },
  { keys: ['Esc'], does: 'Close the row', where: 'Live and Audit' },
  { keys: ['/'], does: 'Filter', where: 'Live and Audit' },
  { keys: ['End'], does: 'Follow new calls', where: 'Live' },
  { keys: ['↑', '↓'], does: 'Previous or next card', where: 'Approvals' },
  { keys: ['mod+Enter'], does: 'Approve, as the button says', where: 'Approvals' },
  { keys: ['mod+Backspace'], does: 'Deny', where: 'Approvals' },
  { keys: ['Esc'], does: 'Later', where: 'Approvals' },
];

export function isMac(): boolean {
  return /mac/i.test(navigator.platform);
}

/** `mod+Enter` as this platform writes it: `⌘↵` or `Ctrl ↵`. */
export function showKeys(keys: string): string {
  const names: Record<string, string> = isMac()
    ? { mod: '⌘', shift: '⇧', Enter: '↵', Backspace: '⌫' }
    : { mod: 'Ctrl', shift: 'Shift', Enter: '↵', Backspace: '⌫' };
  const parts = keys
    .split('+')
    .map((key) => names[key] ?? (key.length === 1 && keys !== key ? key.toUpperCase() : key));
  return parts.join(isMac() ? '' : ' ');
}

/** The platform's command key, and no other modifier but Shift. */
export function hasMod(event: KeyboardEvent): boolean {
  return (isMac() ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey) && !event.altKey;
}

/** True while keystrokes belong to a text field. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target;
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input:not([type=checkbox]):not([type=radio]), textarea, select'))
  );
}

/** A bare key that no field, menu or modifier claims. */
export function isBareKey(event: KeyboardEvent): boolean {
  return !event.ctrlKey && !event.metaKey && !event.altKey && !event.defaultPrevented && !isTyping(event);
}
