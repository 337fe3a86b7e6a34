import { verifyChain } from '../../electron/engine/store/audit-chain.ts';
import { openStore } from '../../electron/engine/store/open.ts';

/** What the log says of all calls. `wrong`: calls whose rows are not those of one call, by id. */
export interface Account {
  calls: number;
  forwarded: number;
  refused: number;
  rows: number;
  /** How often each outcome ended a call. */
  outcomes: Record<string, number>;
  wrong: string[];
  isWhole: boolean;
}

/** Positions in a row of the log (audit-chain.ts). */
const eventAt = 3;
const callAt = 9;
const outcomeAt = 11;
const rowsPerRead = 5_000;
const ends = new Set(['call.settled', 'call.recovered']);

/** Reads the log of a gateway that has ended: a forwarded call has a decision and an end, a refused one a single row. */
export function readAccount(file: string): Account {
  const store = openStore({ file });
  try {
    const calls = new Map<string, { decided: number; ended: number; refused: number }>();
    const outcomes: Record<string, number> = {};
    let rows = 0;
    let after = 0;
    for (let read = store.chainRows(after, rowsPerRead); read.length > 0; read = store.chainRows(after, rowsPerRead)) {
      for (const { values } of read) {
        after = Number(values[0]);
        const event = String(values[eventAt]);
        const isCall = ends.has(event) || event === 'call.decided' || event === 'call.refused';
        if (!isCall) continue;
        rows += 1;
        const id = String(values[callAt]);
        if (event !== 'call.decided') {
          const outcome = String(values[outcomeAt]);
          outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        }
        const call = calls.get(id) ?? { decided: 0, ended: 0, refused: 0 };
        if (event === 'call.decided') call.decided += 1;
        else if (event === 'call.refused') call.refused += 1;
        else call.ended += 1;
        calls.set(id, call);
      }
    }
    const all = [...calls];
    const isForwarded = ([, { decided, ended, refused }]: (typeof all)[number]) =>
      decided === 1 && ended === 1 && refused === 0;
    // policy may have changed between the decision row and the effect: then the refusal is the end
    const isRefused = ([, { decided, ended, refused }]: (typeof all)[number]) =>
      decided <= 1 && ended === 0 && refused === 1;
    return {
      calls: all.length,
      forwarded: all.filter(isForwarded).length,
      refused: all.filter(isRefused).length,
      rows,
      outcomes,
      wrong: all.filter((one) => !isForwarded(one) && !isRefused(one)).map(([id]) => id),
      isWhole: verifyChain(store).ok,
    };
  } finally {
    store.close();
  }
}
