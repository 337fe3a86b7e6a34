import type { TelemetryField, TelemetrySignal } from '../../../electron/shared/index.ts';

export const signalWords: Readonly<Record<TelemetrySignal, { label: string; text: string }>> = {
  traces: {
    label: 'Traces',
    text: 'One span for each call, with the wait for you and the server’s time as parts of it.',
  },
  metrics: { label: 'Metrics', text: 'Durations and counts, for charts and alerts.' },
  logs: { label: 'Logs', text: 'Every entry of the audit log, one record each.' },
};

export const fieldWords: Readonly<Record<TelemetryField, { label: string; text: string }>> = {
  agent: { label: 'Agents', text: 'Their names and ids.' },
  server: { label: 'Servers', text: 'Their ids, and the host and port of remote ones.' },
  tool: { label: 'Tools', text: 'Names of tools, prompts and resources.' },
  subject: { label: 'What a call was about', text: 'One line from its arguments: a path, a title, an address.' },
  user: { label: 'Your account', text: 'The name you are logged in with on this machine.' },
  process: { label: 'Agents’ programs', text: 'Path and number of the program behind a connection.' },
  credential: { label: 'Names of credentials', text: 'Which one went with a call; never its value.' },
  digests: { label: 'Digests', text: 'Of arguments, results and the entry itself, to compare with the log.' },
  details: { label: 'Details', text: 'What was changed from what to what, and what was found in arguments.' },
};
