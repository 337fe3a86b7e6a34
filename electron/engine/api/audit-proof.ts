import type { AuditProof, auditProofMethods } from '../../shared/audit-proof.ts';
import { BridgeFault } from '../faults.ts';
import type { EngineParts } from './context.ts';
import type { Handlers } from './handlers.ts';

/** What the page about the log itself shows. */
export function viewProof(parts: EngineParts): AuditProof {
  const { store, audit, trail, prover } = parts;
  const { days, megabytes } = store.auditSettings();
  const { last } = trail;
  const lastSeq = store.auditEnd();
  const prunedThrough = store.prunedThrough();
  return {
    problem: audit.problem,
    durability: audit.durability,
    retention: { days, megabytes },
    rows: lastSeq - prunedThrough,
    lastSeq,
    bytes: store.usedBytes(),
    prunedThrough,
    checkpoint: last && { n: last.n, seq: last.seq, at: last.at },
    firstKeys: [...trail.firstKeys().values()].map((key) => key.toString('base64')),
    run: prover.progress,
    report: prover.report,
  };
}

export function makeProofHandlers(parts: EngineParts): Pick<Handlers, keyof typeof auditProofMethods> {
  const { store, audit, prover, retention } = parts;
  const record = (event: string, before: string | number | null, after: string | number | null, what: string) => {
    if (audit.append({ event, actor: 'person', details: { what, before, after } })) return;
    throw new BridgeFault(
      'unavailable',
      'The audit log cannot be written, so nothing was changed.',
      'Free disk space or mend the data folder.',
    );
  };
  const changed = () => parts.announce.audit();
  return {
    'audit.proof': () => viewProof(parts),
    'audit.verify': () => {
      prover.start();
      return {};
    },
    'audit.stopVerify': async () => {
      await prover.stop();
      return {};
    },
    'audit.setDurability': ({ durability }) => {
      record('settings.changed', audit.durability, durability, 'audit durability');
      store.putAuditSettings({ ...store.auditSettings(), durability });
      audit.durability = durability;
      changed();
      return {};
    },
    'audit.setRetention': ({ days, megabytes }) => {
      const before = store.auditSettings();
      if (before.days !== days) record('settings.changed', before.days, days, 'audit kept for days');
      if (before.megabytes !== megabytes)
        record('settings.changed', before.megabytes, megabytes, 'audit kept megabytes');
      store.putAuditSettings({ ...before, days, megabytes });
      const pruned = retention.prune();
      changed();
      return { pruned };
    },
    'audit.retry': () => {
      const problem = audit.retry();
      changed();
      return { problem };
    },
  };
}
