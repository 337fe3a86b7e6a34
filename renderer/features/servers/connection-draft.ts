import { httpTransportSchema, stdioTransportSchema, type Transport } from '../../../electron/shared/index.ts';
import { type KeyValueRow, recordOf, rowsOf } from '../../ui/key-value-editor.tsx';
import { checkReference } from './secret-reference.ts';
import { splitCommandLine } from './split-command.ts';

export type ConnectionMode = 'line' | 'fields' | 'url';

/** What stands in the connection form; every mode keeps its own text while another is shown. */
export interface ConnectionDraft {
  mode: ConnectionMode;
  /** A whole command line. */
  line: string;
  command: string;
  /** One argument a line. */
  args: string;
  /** Empty: the home folder of the person. */
  cwd: string;
  env: KeyValueRow[];
  url: string;
  headers: KeyValueRow[];
}

export interface ConnectionErrors {
  line?: string;
  command?: string;
  cwd?: string;
  url?: string;
  /** By row id, for variables and headers alike. */
  rows: Record<string, { name?: string; value?: string }>;
}

export type ConnectionResult = { ok: true; transport: Transport } | { ok: false; errors: ConnectionErrors };

export const emptyConnection: ConnectionDraft = {
  mode: 'line',
  line: '',
  command: '',
  args: '',
  cwd: '',
  env: [],
  url: '',
  headers: [],
};

/** The form for an existing connection. */
export function draftOf(transport: Transport): ConnectionDraft {
  if (transport.kind === 'http') {
    return { ...emptyConnection, mode: 'url', url: transport.url, headers: rowsOf(transport.headers) };
  }
  return {
    ...emptyConnection,
    mode: 'fields',
    command: transport.command,
    args: transport.args.join('\n'),
    cwd: transport.cwd ?? '',
    env: rowsOf(transport.env),
  };
}

/** Reads the form: the transport it describes, or what is wrong with which field. */
export function readConnection(draft: ConnectionDraft): ConnectionResult {
  return draft.mode === 'url' ? readUrl(draft) : readCommand(draft);
}

function readUrl(draft: ConnectionDraft): ConnectionResult {
  const errors: ConnectionErrors = { rows: checkRows(draft.headers, headerName, 'Use letters, digits and hyphens.') };
  const transport = { kind: 'http', url: draft.url.trim(), headers: recordOf(draft.headers) };
  const parsed = httpTransportSchema.safeParse(transport);
  if (!parsed.success && parsed.error.issues.some((issue) => issue.path[0] === 'url')) {
    errors.url = 'Type an address that starts with http:// or https://.';
  }
  return finish(errors, parsed.data);
}

function readCommand(draft: ConnectionDraft): ConnectionResult {
  const errors: ConnectionErrors = {
    rows: checkRows(draft.env, envName, 'Use letters, digits and underscores, not starting with a digit.'),
  };
  const parts = readParts(draft, errors);
  const cwd = draft.cwd.trim();
  if (cwd !== '' && !/^(\/|[A-Za-z]:[\\/]|\\\\)/.test(cwd)) errors.cwd = 'Give the whole path of the folder.';
  for (const [name, value] of Object.entries(parts.env)) {
    const error = checkReference(name, value);
    if (error !== null) errors.line = `${name}: ${error}`;
  }
  const parsed = stdioTransportSchema.safeParse({
    kind: 'stdio',
    command: parts.command,
    args: parts.args,
    cwd: cwd === '' ? null : cwd,
    env: { ...parts.env, ...recordOf(draft.env) },
  });
  return finish(errors, parsed.data);
}

interface Parts {
  command: string;
  args: string[];
  env: Record<string, string>;
}

function readParts(draft: ConnectionDraft, errors: ConnectionErrors): Parts {
  if (draft.mode === 'line') {
    const split = splitCommandLine(draft.line);
    if (split.ok) return split.parts;
    errors.line = split.message;
    return { command: '', args: [], env: {} };
  }
  const command = draft.command.trim();
  if (command === '') errors.command = 'Type the program that starts the server.';
  return { command, args: draft.args.split('\n').filter((arg) => arg !== ''), env: {} };
}

const envName = /^[A-Za-z_][A-Za-z0-9_]*$/;
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

function checkRows(rows: readonly KeyValueRow[], pattern: RegExp, rule: string): ConnectionErrors['rows'] {
  const errors: ConnectionErrors['rows'] = {};
  const seen = new Set<string>();
  for (const row of rows) {
    if (row.name === '' && row.value === '') continue;
    const key = row.name.toLowerCase();
    const value = checkReference(row.name, row.value);
    if (!pattern.test(row.name)) errors[row.id] = { name: rule };
    else if (seen.has(key)) errors[row.id] = { name: 'This name is already in the list.' };
    else if (value !== null) errors[row.id] = { value };
    seen.add(key);
  }
  return errors;
}

function finish(errors: ConnectionErrors, transport: Transport | undefined): ConnectionResult {
  const { rows, ...fields } = errors;
  if (Object.keys(rows).length > 0 || Object.keys(fields).length > 0) return { ok: false, errors };
  if (transport) return { ok: true, transport };
  return { ok: false, errors: { ...errors, command: 'This is too long or holds something a command cannot hold.' } };
}
