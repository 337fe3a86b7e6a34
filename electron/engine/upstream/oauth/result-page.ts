/** What the browser shows at the end. Nothing of the request is in it: it comes from outside. */
export function resultPage(isDone: boolean): string {
  const title = isDone ? 'You are signed in' : 'Signing in did not work';
  const text = isDone
    ? 'ScopeGate has what it needs. You can close this window.'
    : 'Nothing was changed. ScopeGate says what happened; you can close this window.';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title} – ScopeGate</title>
<style>${style}</style>
</head>
<body><main>${mark(isDone)}<h1>${title}</h1><p>${text}</p></main></body>
</html>
`;
}

/** The two leaves of the gate, with a dot between them once somebody is through. */
function mark(isDone: boolean): string {
  const dot = isDone ? '<circle cx="16" cy="16" r="2.4" stroke="none" fill="currentColor"/>' : '';
  return `<svg viewBox="5 5 22 22" width="40" height="40" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round"><path d="M12.7 9a8 8 0 0 0 0 14M19.3 9a8 8 0 0 1 0 14"/>${dot}</svg>`;
}

/** The app's own colours; the page stands alone, so they are written out. */
const style = `
:root { color-scheme: light dark; --back: oklch(.962 .003 255); --text: oklch(.235 .005 255); --soft: oklch(.43 .005 255); }
@media (prefers-color-scheme: dark) {
  :root { --back: oklch(.185 .005 260); --text: oklch(.94 .003 260); --soft: oklch(.77 .004 260); }
}
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--back); color: var(--text);
  font: 13px/20px system-ui, sans-serif; }
main { max-width: 22rem; padding: 24px; text-align: center; }
h1 { margin: 16px 0 4px; font-size: 17px; line-height: 24px; font-weight: 600; }
p { margin: 0; color: var(--soft); text-wrap: balance; }
`;
