/** Text that is HTML already. Only `html` and its helpers make it, so nothing gets in unescaped. */
export interface Html {
  readonly text: string;
}

const made = new WeakSet<Html>();

/** A template whose values are escaped, unless they were made by it. */
export function html(parts: TemplateStringsArray, ...values: readonly unknown[]): Html {
  return mark(parts.reduce((text, part, index) => text + show(values[index - 1]) + part));
}

export function join(parts: readonly Html[]): Html {
  return mark(parts.map(show).join('\n'));
}

export function table(titles: readonly string[], rows: readonly (readonly unknown[])[]): Html {
  return html`<table>
<thead><tr>${join(titles.map((title) => html`<th scope="col">${title}</th>`))}</tr></thead>
<tbody>
${join(rows.map((row) => html`<tr>${join(row.map((cell) => html`<td${mark(typeof cell === 'number' ? ' class="num"' : '')}>${cell}</td>`))}</tr>`))}
</tbody>
</table>`;
}

function mark(text: string): Html {
  const value = { text };
  made.add(value);
  return value;
}

function show(value: unknown): string {
  if (typeof value === 'object' && value !== null && made.has(value as Html)) return (value as Html).text;
  return value === null || value === undefined ? '' : escapeHtml(String(value));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
// what turns the direction of a line, hides in it, or ends it: a table of a report must not be rearranged by a name
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;

/** Markup becomes text, and what cannot be seen is written out as `[U+202E]`. */
function escapeHtml(text: string): string {
  return text
    .replace(invisible, (char) => `[U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`)
    .replace(/[&<>"']/g, (char) => entities[char] ?? char);
}
