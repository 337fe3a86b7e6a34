import type { StoreWriter } from '../../electron/engine/store/contract.ts';

const agents = Array.from({ length: 6 }, (_, i) => [`agent-${i}`, `Agent ${i}`] as const);
const servers = ['github', 'filesystem', 'postgres', 'browser', 'slack'];
const tools = [
  'read_file',
  'write_file',
  'create_issue',
  'list_issues',
  'query',
  'execute',
  'navigate',
  'post_message',
];
const batch = 5_000;

/** Repeatable from run to run. */
function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Writes about `rows` rows of the log: two for a forwarded call, one for a refused one, over the last days. */
export function fillLog(store: StoreWriter, rows: number, now: number, days: number): void {
  const random = makeRandom(7);
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const step = (days * 86_400_000) / rows;
  let written = 0;
  while (written < rows) {
    store.transaction(() => {
      for (const end = Math.min(rows, written + batch); written < end; ) {
        const [agentId, agentName] = pick(agents);
        const base = {
          at: now - (rows - written) * step,
          actor: 'agent' as const,
          ...{ agentId, agentName, serverId: pick(servers), tool: pick(tools), callId: `call-${written}` },
          riskTier: random() < 0.6 ? 'read' : 'write',
          policyVersion: 12,
          argumentsDigest: 'a'.repeat(64),
          resultDigest: null,
          resultBytes: null,
          approvalId: null,
          subject: `project ${Math.floor(random() * 50)}/src/file-${written % 977}.ts${written % 10_007 === 77 ? ' zebra-77' : ''}`,
          details: null,
        };
        const ms = 2 + random() ** 6 * 3_000;
        const open = { outcome: null, durationMs: null, waitedMs: null };
        if (random() < 0.9) {
          store.appendAudit({ ...base, ...open, event: 'call.decided', effect: 'allow', reasonCode: 'switch_tool' });
          const outcome = random() < 0.97 ? 'ok' : 'upstream_error';
          const upstreamMs = ms - random();
          const end = { effect: 'allow', outcome, durationMs: ms, waitedMs: null, upstreamMs } as const;
          store.appendAudit({ ...base, ...end, event: 'call.settled', reasonCode: 'switch_tool' });
          written += 2;
        } else {
          const why = { reasonCode: 'rule_deny', ruleId: `rule-${Math.floor(random() * 12)}` };
          const end = { effect: 'deny', outcome: 'denied', durationMs: 0.6, waitedMs: null } as const;
          store.appendAudit({ ...base, ...end, ...why, event: 'call.refused' });
          written += 1;
        }
      }
    });
  }
}
