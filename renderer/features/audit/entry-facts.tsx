import { Link } from 'wouter';
import type { AuditEntryDetail } from '../../../electron/shared/index.ts';
import { pages } from '../../frame/pages.ts';
import { auditLink } from '../../lib/audit-link.ts';
import { formatBytes, formatCount, formatDuration, formatPreciseClock } from '../../lib/format.ts';
import { KvList } from '../../ui/kv-list.tsx';
import { RawText } from '../../ui/raw-text.tsx';
import { eventName, reasonOf } from './entry-words.ts';

interface EntryFactsProps {
  detail: AuditEntryDetail;
  ruleName: string | null;
  /** Another row of the same call. */
  onShow: (seq: number) => void;
}

/** An entry's place in the log and what was written with it, with ways to what it speaks of. */
export function EntryFacts({ detail, ruleName, onShow }: EntryFactsProps) {
  const { entry, rows, argumentsDigest, resultDigest, resultBytes, osUser } = detail;
  const own = rows.find(({ seq }) => seq === entry.seq);
  const reason = reasonOf(entry, ruleName);
  return (
    <div className="db">
      <KvList
        items={[
          ['Entry', formatCount(entry.seq)],
          ['Because', reason === '' ? null : <RawText key="reason" text={reason} />],
          ['Policy', entry.policyVersion === null ? null : `version ${entry.policyVersion}`],
          [
            'Rule',
            entry.ruleId === null ? null : <RuleLink key="rule" ruleId={entry.ruleId} name={ruleName} entry={entry} />,
          ],
          [
            'Credential',
            entry.credential === null ? null : <CredentialName key="credential" name={entry.credential} />,
          ],
          [
            'Question',
            entry.approvalId === null ? null : (
              <Link key="q" href="/approvals/history">
                Answers you gave
              </Link>
            ),
          ],
          ['Took', entry.durationMs === null ? null : formatDuration(entry.durationMs)],
          ['At the server', entry.upstreamMs === null ? null : formatDuration(entry.upstreamMs)],
          ['Waited for you', entry.waitedMs === null ? null : formatDuration(entry.waitedMs)],
          ['Account', osUser === null ? null : <RawText key="user" text={osUser} />],
          ['Result', resultBytes === null ? null : formatBytes(resultBytes)],
          ['Arguments', argumentsDigest === null ? null : <Hash key="args" name="Digest" value={argumentsDigest} />],
          ['Reply', resultDigest === null ? null : <Hash key="result" name="Digest" value={resultDigest} />],
          ['Previous', own === undefined ? null : <Hash key="prev" name="Hash" value={own.prevHash} />],
          ['This', own === undefined ? null : <Hash key="hash" name="Hash" value={own.hash} />],
        ]}
      />
      {rows.length > 1 && (
        <section>
          <div className="lab">Entries of this call</div>
          <ul className="facts f12">
            {rows.map((row) => (
              <li key={row.seq}>
                {row.seq === entry.seq ? (
                  <span>{eventName(row.event)}</span>
                ) : (
                  <button type="button" className="lnk" onClick={() => onShow(row.seq)}>
                    {eventName(row.event)}
                  </button>
                )}
                <span>
                  {formatPreciseClock(row.at)} · {formatCount(row.seq)}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <Facts title="Program" value={detail.process} />
      <Facts title="Findings" value={detail.findings} />
    </div>
  );
}

interface RuleLinkProps {
  ruleId: string;
  name: string | null;
  entry: AuditEntryDetail['entry'];
}

/** The thing that decided: a rule there still is, an agent's permissions or switches, else only its id. */
function RuleLink({ ruleId, name, entry }: RuleLinkProps) {
  const calls = <Link href={auditLink([{ key: 'rule', value: ruleId }])}>all it decided</Link>;
  if (name !== null) {
    return (
      <>
        <Link href={`/policy/rule/${encodeURIComponent(ruleId)}`}>{name}</Link>, {calls}
      </>
    );
  }
  const isAgents = entry.agentId !== null && /^(grant|switch_|own_block)/.test(entry.reasonCode ?? '');
  return (
    <>
      {isAgents ? (
        <Link href={`/agents/${encodeURIComponent(entry.agentId ?? '')}`}>set at the agent</Link>
      ) : (
        <RawText text={ruleId} />
      )}
      , {calls}
    </>
  );
}

function CredentialName({ name }: { name: string }) {
  const page = pages.find(({ path }) => path === '/credentials');
  return page === undefined ? <RawText text={name} /> : <Link href={page.path}>{name}</Link>;
}

/** Its beginning and end; the whole of it in the tooltip. */
function Hash({ name, value }: { name: string; value: string }) {
  const groups = value.slice(0, 16).match(/.{4}/g)?.join(' ') ?? value;
  return (
    <code title={`${name} ${value}`}>
      {groups} … {value.slice(-4)}
    </code>
  );
}

function Facts({ title, value }: { title: string; value: unknown }) {
  if (value === null || value === undefined) return null;
  return (
    <section>
      <div className="lab">{title}</div>
      <div className="mono raw-json f12">
        <RawText text={JSON.stringify(value, null, 2)} marksBreaks={false} />
      </div>
    </section>
  );
}
