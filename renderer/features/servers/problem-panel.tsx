import type { ServerFault, ServerView } from '../../../electron/shared/index.ts';
import { formatMoment } from '../../lib/format.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { RawLines } from '../../ui/raw-lines.tsx';
import { AcceptLaunch } from './edit-consent.tsx';
import { faultDetailTitle } from './server-words.ts';

interface ProblemPanelProps {
  server: ServerView;
  fault: ServerFault;
  onTest: () => void;
  onEdit: () => void;
}

/** Why a server fails, what to do about it, and its last words. */
export function ProblemPanel({ server, fault, onTest, onEdit }: ProblemPanelProps) {
  if (fault.code === 'consent' && !server.managed) return <AcceptLaunch server={server} />;
  return (
    <>
      <div className="secs">
        <section>
          <div className="lab">What went wrong</div>
          <p>
            {makeVisibleLine(fault.message)} <span className="t3">{formatMoment(fault.at, Date.now())}</span>
          </p>
        </section>
        <section>
          <div className="lab">What to do</div>
          {fault.fix !== '' && <p className="fix">{fault.fix}</p>}
          <div className="hs">
            {!server.managed && (
              <Button variant="primary" onClick={onEdit}>
                Edit connection
              </Button>
            )}
            <Button onClick={onTest}>Test connection</Button>
          </div>
        </section>
      </div>
      {fault.detail !== '' && (
        <div className="well">
          <div className="lab">
            <span className="grow">{faultDetailTitle(fault.code)}</span>
            <CopyButton text={fault.detail} label="Copy" ghost />
          </div>
          <pre>
            <RawLines text={fault.detail} />
          </pre>
        </div>
      )}
    </>
  );
}
