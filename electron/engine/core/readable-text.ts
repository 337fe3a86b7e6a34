/** Characters that are not seen: soft hyphen, zero-width, bidi marks, variation selectors, tags and the like. */
const unseen = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}]/gu;

/**
 * A text as a person would read it: compatibility forms (full-width letters, ligatures) made plain, unseen characters
 * taken out. Used to find what hides behind look-alikes, never to let something through.
 */
export function readableText(text: string): string {
  return text.normalize('NFKC').replace(unseen, '');
}

/** True when a text holds characters that a path or an address has no use for. */
export function hasOddCharacters(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return text.search(unseen) !== -1;
}

const maxRounds = 4;

/** A text and what it becomes when percent-encoding is undone, again and again until nothing changes. */
export function decodedForms(text: string): string[] {
  const forms = [text];
  let current = text;
  for (let round = 0; round < maxRounds; round += 1) {
    const next = decodeOnce(current);
    if (next === current) return forms;
    forms.push(next);
    current = next;
  }
  return forms;
}

/** Undoes each run of valid escapes by itself, the old `%uXXXX` form, and overlong dots and slashes. */
function decodeOnce(text: string): string {
  if (!text.includes('%')) return text;
  return text
    .replace(/%c0%ae/gi, '.')
    .replace(/%c0%af/gi, '/')
    .replace(/%c1%9c/gi, '\\')
    .replace(/%u([0-9a-f]{4})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/(?:%[0-9a-f]{2})+/gi, decodeRun);
}

function decodeRun(run: string): string {
  try {
    return decodeURIComponent(run);
  } catch {
    return run;
  }
}
