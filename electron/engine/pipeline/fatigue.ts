import type { Fatigue, FatigueRow } from '../../shared/index.ts';
import type { AuditRow } from '../store/contract.ts';

const dayMs = 24 * 3_600_000;
const maxRows = 50;
/** From so many approvals and no denial on, a narrower rule is worth a thought. */
const minApprovals = 5;
/** Quicker than this nobody has read a card, milliseconds. */
const hastyMs = 2_000;

/** How much people are asked, and how they answer, from the `approval.decided` rows of the last days, oldest first. */
export function measureFatigue(log: readonly AuditRow[], days: number, now: number): Fatigue {
  // one row for each question; the others tell what became of an approval later
  const rows = log.filter((row) => row.reasonCode !== 'allowed_next' && row.reasonCode !== 'not_called_again');
  const answers = rows.filter((row) => row.actor === 'person');
  const times = answers.flatMap(answerMs);
  const groups = new Map<string, AuditRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.agentId, row.serverId, row.tool]);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return {
    days,
    perDay: countDays(rows, days, now),
    ...countAnswers(rows),
    medianMs: median(times),
    hastyShare: times.length === 0 ? null : times.filter((ms) => ms < hastyMs).length / times.length,
    rows: [...groups.values()]
      .map(describeGroup)
      .sort((a, b) => b.asked - a.asked)
      .slice(0, maxRows),
  };
}

function countAnswers(rows: readonly AuditRow[]): Pick<Fatigue, 'asked' | 'approved' | 'denied' | 'unanswered'> {
  const byPerson = rows.filter((row) => row.actor === 'person');
  const approved = byPerson.filter((row) => row.effect === 'allow').length;
  return {
    asked: rows.length,
    approved,
    denied: byPerson.length - approved,
    unanswered: rows.length - byPerson.length,
  };
}

/** Days begin at midnight where the engine runs; a day's length may differ by the clock's change. */
function countDays(rows: readonly AuditRow[], days: number, now: number): Fatigue['perDay'] {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(startOfDay(row.at), (counts.get(startOfDay(row.at)) ?? 0) + 1);
  const today = startOfDay(now);
  return Array.from({ length: days }, (_, index) => {
    // noon of that day, so that a day of 23 or 25 hours is still hit
    const day = startOfDay(today + dayMs / 2 - (days - 1 - index) * dayMs);
    return { day, asked: counts.get(day) ?? 0 };
  });
}

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** From the card's showing where the page told it, else from the question. */
function answerMs(row: AuditRow): number[] {
  const shownMs = row.details?.shownMs;
  const ms = typeof shownMs === 'number' && shownMs >= 0 ? shownMs : row.waitedMs;
  return ms === null ? [] : [ms];
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}

function describeGroup(rows: readonly AuditRow[]): FatigueRow {
  const last = rows.at(-1);
  const counts = countAnswers(rows);
  const approvals = rows.filter((row) => row.actor === 'person' && row.effect === 'allow');
  return {
    agentId: last?.agentId ?? '',
    agentName: last?.agentName ?? '',
    serverId: last?.serverId ?? '',
    tool: last?.tool ?? '',
    ...counts,
    medianMs: median(rows.filter((row) => row.actor === 'person').flatMap(answerMs)),
    suggestion: counts.denied === 0 && approvals.length >= minApprovals ? suggest(approvals) : null,
  };
}

/** What the approved calls had in common, narrowest first; the log knows their digests and one line on each. */
function suggest(approvals: readonly AuditRow[]): FatigueRow['suggestion'] {
  const repeated = mostCommon(approvals.map((row) => row.argumentsDigest));
  if (repeated && repeated.count >= minApprovals && repeated.count * 2 > approvals.length) {
    const value = approvals.find((row) => row.argumentsDigest === repeated.value)?.subject ?? '';
    const text = `You approved exactly the same call ${repeated.count} times: remember “exactly these arguments”.`;
    return { kind: 'exact', value, spares: repeated.count - 1, text };
  }
  const subjects = approvals.map((row) => row.subject ?? '');
  const spares = approvals.length - 1;
  const folder = commonFolder(subjects);
  if (folder !== null)
    return {
      kind: 'inside',
      value: folder,
      spares,
      text: `Every approved call was inside ${folder}: remember that folder.`,
    };
  const host = commonHost(subjects);
  if (host !== null)
    return { kind: 'host', value: host, spares, text: `Every approved call went to ${host}: remember that host.` };
  return null;
}

function mostCommon(values: readonly (string | null)[]): { value: string; count: number } | null {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [first] = [...counts].sort((a, b) => b[1] - a[1]);
  return first ? { value: first[0], count: first[1] } : null;
}

/** The folder all paths share, at least two levels deep; null when one is no whole absolute path. */
function commonFolder(paths: readonly string[]): string | null {
  if (paths.some((path) => !path.startsWith('/') || path.endsWith('…') || path.split('/').includes('..'))) return null;
  const folders = paths.map((path) => path.split('/').slice(1, -1));
  const [first = []] = folders;
  let depth = 0;
  while (depth < first.length && folders.every((folder) => folder[depth] === first[depth])) depth += 1;
  return depth >= 2 ? `/${first.slice(0, depth).join('/')}` : null;
}

function commonHost(urls: readonly string[]): string | null {
  const hosts = new Set(urls.map(hostOf));
  const [host] = hosts;
  return hosts.size === 1 && host ? host : null;
}

function hostOf(text: string): string | null {
  if (!/^https?:\/\//i.test(text)) return null;
  try {
    return new URL(text).host;
  } catch {
    return null;
  }
}
