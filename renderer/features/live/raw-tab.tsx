import type { CallDetail } from '../../../electron/shared/index.ts';
import { CopyLink } from '../../ui/copy-link.tsx';
import { RawText } from '../../ui/raw-text.tsx';

/** The whole record as JSON. */
export function RawTab({ detail }: { detail: CallDetail }) {
  const text = JSON.stringify(detail, null, 2);
  return (
    <div className="db">
      <section className="well bleed">
        <div className="lab">
          As the engine keeps it <span className="grow" />
          <CopyLink text={text} />
        </div>
        <div className="mono raw-json">
          <RawText text={text} marksBreaks={false} />
        </div>
      </section>
    </div>
  );
}
