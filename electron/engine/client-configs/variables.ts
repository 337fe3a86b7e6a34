/**
 * What a value of a client's file is for ScopeGate: `literal` text; `env` the whole value comes from one variable of the
 * environment; `client`: only the client itself can fill it in (its prompts, the open project, a part of a text).
 */
export type Filled =
  | { kind: 'literal'; value: string }
  | { kind: 'env'; name: string }
  | { kind: 'client'; what: string };

const wholeVariable = /^(?:\$\{(?:env:)?([A-Za-z_]\w*)\}|\{env:([A-Za-z_]\w*)\}|\$([A-Za-z_]\w*)|%([A-Za-z_]\w*)%)$/;
const anyVariable = /\$\{[^}]*\}|\{(?:env|file):[^}]*\}/;

/** `${VAR}`, `${env:VAR}`, `{env:VAR}`, `$VAR` and `%VAR%` are read; everything else with a placeholder is the client's. */
export function readFilled(value: string): Filled {
  const whole = wholeVariable.exec(value);
  const name = whole?.[1] ?? whole?.[2] ?? whole?.[3] ?? whole?.[4];
  if (name !== undefined) return { kind: 'env', name };
  const placeholder = anyVariable.exec(value)?.[0];
  if (placeholder !== undefined) return { kind: 'client', what: describePlaceholder(placeholder) };
  return { kind: 'literal', value };
}

/** Names what is asked for; a default (`${X:-…}`) may be a secret and is left out. */
function describePlaceholder(placeholder: string): string {
  return placeholder.replace(/:-.*$/s, '}').slice(0, 60);
}
