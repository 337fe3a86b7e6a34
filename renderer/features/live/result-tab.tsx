import type { CallDetail, CallView } from '../../../electron/shared/index.ts';
import { formatBytes } from '../../lib/format.ts';
import { CopyLink } from '../../ui/copy-link.tsx';
import { RawText } from '../../ui/raw-text.tsx';
import { Digest } from './arguments-tab.tsx';
import { ResultFindings } from './result-findings.tsx';

/** What the server answered, as plain text. */
export function ResultTab({ detail, view }: { detail: CallDetail; view: CallView }) {
  const { result, resultDigest } = detail;
  return (
    <div className="db">
      <ResultFindings view={view} />
      {result === null ? (
        <p className="t2">{explainNoResult(detail, view)}</p>
      ) : (
        <section className="well bleed">
          <div className="lab">
            From the server, not checked · {formatBytes(result.bytes)}
            {result.truncated && ', only the start is kept'} <span className="grow" />
            <CopyLink text={result.text} />
          </div>
          <div className="mono result-text">
            <RawText text={result.text} />
          </div>
        </section>
      )}
      {resultDigest !== null && <Digest name="Digest of the result" value={resultDigest} />}
    </div>
  );
}

function explainNoResult(detail: CallDetail, view: CallView): string {
  if (detail.forgotten) return 'The result is no longer in memory; only its digest is kept.';
  if (view.status !== 'settled') return 'Nothing has come back yet.';
  return 'Nothing came back from the server.';
}
