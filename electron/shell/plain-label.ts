/**
 * A name from outside as the label of a menu, a tooltip or a notification: one line, at most `max` characters.
 * Characters that show nothing or change the order of others (controls, bidi marks, zero width, tags) become `�`,
 * so a name can hide or reorder nothing.
 */
export function plainLabel(text: string, max = 40): string {
  const visible = [...text.replace(/[\p{Z}\t\n\r]+/gu, ' ').trim()].map((char) => (/\p{C}/u.test(char) ? '�' : char));
  return visible.length <= max ? visible.join('') : `${visible.slice(0, max - 1).join('')}…`;
}

/** The same for menus: `&` marks an access key there, `&&` is the character. */
export function menuLabel(text: string, max?: number): string {
  return plainLabel(text, max).replaceAll('&', '&&');
}
