import { verifyAudit } from '../engine/audit-verify.ts';
import { EngineStartError } from '../engine/contract.ts';
import type { AuditReport } from '../shared/audit-proof.ts';
import { defaultDataDir } from './app-paths.ts';
import type { VerifyCommandOptions } from './cli.ts';

interface VerifyContext {
  env: Readonly<Record<string, string | undefined>>;
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown; isTTY?: boolean };
}

const rowsPerStep = 5_000;

/** Verifies the audit log of a data folder and prints what it found. Returns the exit code: see the help text. */
export function runVerify(options: VerifyCommandOptions, context: VerifyContext): number {
  const dataDir = options.dataDir ?? defaultDataDir(context.env);
  let report: AuditReport;
  try {
    report = verifyWhole(dataDir, options, context);
  } catch (error) {
    const [what, fix] =
      error instanceof EngineStartError
        ? [error.message, error.fix]
        : [`The audit log could not be verified: ${error instanceof Error ? error.message : String(error)}.`, ''];
    if (options.json) context.stdout.write(`${JSON.stringify({ dataDir, verdict: null, error: what, fix })}\n`);
    else context.stderr.write(`scopegate: ${what}\n${fix === '' ? '' : `${fix}\n`}`);
    return 3;
  }
  context.stdout.write(
    options.json ? `${JSON.stringify({ dataDir, ...report }, null, 2)}\n` : formatReport(dataDir, report),
  );
  return report.verdict === 'whole' ? 0 : 1;
}

function verifyWhole(dataDir: string, { head }: VerifyCommandOptions, { stderr }: VerifyContext): AuditReport {
  const steps = verifyAudit({ dataDir, rowsPerStep, withIndexes: true, ...(head ? { knownHead: head } : {}) });
  for (;;) {
    const step = steps.next();
    if (stderr.isTTY) stderr.write(step.done ? '\r\x1b[K' : `\r${step.value.checked} of ${step.value.total} rows`);
    if (step.done) return step.value;
  }
}

const verdictWords: Record<AuditReport['verdict'], string> = {
  whole: 'The audit log is whole.',
  incomplete: 'Rows were lost, and the log says so.',
  broken: 'The audit log is BROKEN.',
};

function formatReport(dataDir: string, report: AuditReport): string {
  const { firstSeq, lastSeq, lastHash, chainedThrough, signedThrough, confirmedThrough, prunedThrough } = report;
  const span = lastSeq === 0 ? 'no rows' : `rows ${firstSeq} to ${lastSeq}`;
  const unproven = lastSeq - Math.min(confirmedThrough, chainedThrough);
  const lines = [
    verdictWords[report.verdict],
    ...report.problems.map(({ message }) => `  ✗ ${message}`),
    '',
    `  ${dataDir}: ${span}${prunedThrough > 0 ? `, pruned up to ${prunedThrough}` : ''}`,
    `  unchanged and in order   up to row ${chainedThrough}`,
    `  signed                   up to row ${signedThrough} (${report.checkpoints} checkpoints)`,
    `  confirmed as the newest  up to row ${confirmedThrough}`,
    `  not proven               ${unproven === 0 ? 'nothing' : `${unproven} rows after that`}`,
    ...report.notes.map((note) => `  note: ${note}`),
    '',
    `  first keys: ${report.firstKeys.join(' ') || 'none'}`,
    `  head: ${chainedThrough}:${lastHash}`,
    '  Note these two elsewhere; later, --head finds whether all of it was put back to an older state.',
  ];
  return `${lines.join('\n')}\n`;
}
