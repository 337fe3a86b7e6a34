import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DecidedCall } from '../../../electron/engine/core/stages.ts';
import type { Answer } from '../../../electron/engine/pipeline/approval-item.ts';
import type { JsonObject } from '../../../electron/engine/wire/json-rpc.ts';
import type { ApprovalView } from '../../../electron/shared/index.ts';
import { fc } from '../../helpers/property.ts';
import { answerTo, openRoom, type Room } from './approval-room.ts';

/**
 * The queue under any order of approve, deny, edit, expire, cancel, give up, restart, duplicate, change of policy and
 * change of the tool. The model keeps what a person approved: the bytes they saw (or put in), for which definition, and
 * whether it was spent.
 */
interface Approved {
  bytes: string;
  definition: string;
  uses: number;
}

class Model {
  readonly approved = new Map<string, Approved>();
  readonly running = new Map<string, { call: DecidedCall; controller: AbortController }>();
  /** Requests (arguments and definition) a person denied, and when. */
  readonly denied = new Map<string, number>();
  calls = 0;
  executions = 0;
}

const clicks = { denyMs: 120_000, armedMs: 60_000, timeoutMs: 60_000 };
const argumentsOf = (n: number): JsonObject => ({ path: `/srv/file-${n}`, n });
const bytesOf = (value: unknown) => JSON.stringify(value);

class Bench {
  readonly room = openRoom({ timeoutMs: clicks.timeoutMs, armedMs: clicks.armedMs });
  readonly model = new Model();
  /** What did not hold in the answers, which come out of anybody's stack. */
  readonly failures: unknown[] = [];

  definition(): string {
    return bytesOf(this.room.world.definition);
  }

  pending(): ApprovalView[] {
    return this.room.queue.open().filter(({ status }) => status === 'pending');
  }

  ask(n: number, giveUpMs: number): void {
    const { room, model } = this;
    model.calls += 1;
    const id = `call-${model.calls}`;
    const controller = new AbortController();
    const args = argumentsOf(n);
    const call = room.call(id, args, { signal: controller.signal });
    const key = bytesOf([args, this.definition()]);
    const deniedAt = model.denied.get(key);
    const isCoolingDown = deniedAt !== undefined && Date.now() - deniedAt < clicks.denyMs;
    const known = room.queue.open().some((card) => card.argumentsDigest === room.call('', args).argumentsDigest);
    model.running.set(id, { call, controller });
    void room.queue
      .wait(call, giveUpMs, () => {})
      .then((answer) => {
        model.running.delete(id);
        if (isCoolingDown && !known) expect(answer).toMatchObject({ kind: 'denied', cause: 'cooldown' });
        this.check(call, answer);
      })
      .catch((error: unknown) => this.failures.push(error));
  }

  /** Never more than one execution for an approval, and never of other bytes than were shown. */
  check(call: DecidedCall, answer: Answer): void {
    if (answer.kind !== 'approved') return;
    this.model.executions += 1;
    const approved = this.model.approved.get(answer.approvalId);
    expect(approved, 'somebody approved it').toBeDefined();
    if (!approved) return;
    approved.uses += 1;
    expect(approved.uses).toBe(1);
    expect(bytesOf(answer.edited ?? call.arguments)).toBe(approved.bytes);
    expect(bytesOf(call.tool.definition)).toBe(approved.definition);
  }

  approve(card: ApprovalView, edited: JsonObject | null): void {
    const bytes = bytesOf(edited ?? card.arguments);
    const tool = this.definitionOf(card);
    // promised before it is done, because the answer may come out of it at once
    this.model.approved.set(card.id, { bytes, definition: tool, uses: 0 });
    void this.room.desk.decide(answerTo(card, 'approve', edited ? { edited } : {})).catch(() => {
      this.model.approved.delete(card.id);
    });
  }

  /** The definition a card was made from: an edit of a call to a changed tool is refused. */
  definitionOf(card: ApprovalView): string {
    return this.definitions.get(card.digest) ?? this.definition();
  }

  readonly definitions = new Map<string, string>();

  /** Which request a digest stands for: an armed card shows its arguments no more after a restart. */
  readonly requests = new Map<string, number>();

  note(): void {
    for (const { digest, arguments: args } of this.pending()) {
      if (!this.definitions.has(digest)) this.definitions.set(digest, this.definition());
      this.requests.set(digest, Number((args as JsonObject | null)?.n));
    }
  }

  /** The call of an armed approval comes again. */
  askAgain(index: number): void {
    const armed = this.room.queue.open().filter(({ status }) => status === 'approved');
    const card = armed[index % Math.max(1, armed.length)];
    if (card) this.ask(this.requests.get(card.digest) ?? 0, 10);
  }
}

type Step =
  | { kind: 'ask'; n: number; giveUpMs: number }
  | { kind: 'approve' | 'deny' | 'cancel' | 'allowNext' | 'again'; pick: number }
  | { kind: 'edit'; pick: number; n: number }
  | { kind: 'wait'; ms: number }
  | { kind: 'policy'; effect: 'allow' | 'ask' | 'deny' }
  | { kind: 'restart' | 'change' | 'lock' | 'unlock' | 'twice' };

const pick = fc.nat(5);
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      n: fc.nat(2),
      giveUpMs: fc.constantFrom(10, 10, 50_000),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('approve' as const, 'again' as const), pick }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('deny' as const, 'cancel' as const, 'allowNext' as const), pick }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('edit' as const), pick, n: fc.integer({ min: 0, max: 9 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.constantFrom(20, 20, 20, 1_000, 61_000, 130_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('policy' as const),
      effect: fc.constantFrom('allow' as const, 'ask' as const, 'deny' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'restart' as const,
        'change' as const,
        'lock' as const,
        'unlock' as const,
        'twice' as const,
      ),
    }),
  },
);

async function run(bench: Bench, step: Step): Promise<void> {
  const { room, model } = bench;
  const cards = bench.pending();
  const card = 'pick' in step ? cards[step.pick % Math.max(1, cards.length)] : cards[0];
  switch (step.kind) {
    case 'ask':
      bench.ask(step.n, step.giveUpMs);
      break;
    case 'again':
      bench.askAgain(step.pick);
      bench.askAgain(step.pick);
      break;
    case 'approve':
      if (card) bench.approve(card, null);
      break;
    case 'edit':
      if (card) bench.approve(card, argumentsOf(step.n));
      break;
    case 'twice':
      if (card) {
        bench.approve(card, null);
        await expect(room.desk.decide(answerTo(card, 'approve'))).rejects.toThrow();
      }
      break;
    case 'deny':
      if (card) {
        room.queue.decide(answerTo(card, 'deny'));
        model.denied.set(bytesOf([card.arguments, bench.definitionOf(card)]), Date.now());
      }
      break;
    case 'allowNext':
      allowNext(bench, step.pick);
      break;
    case 'cancel':
      [...model.running.values()][step.pick]?.controller.abort();
      break;
    case 'wait':
      await vi.advanceTimersByTimeAsync(step.ms);
      break;
    case 'policy':
      room.world.effect = step.effect;
      room.desk.policyChanged();
      room.world.effect = 'ask';
      break;
    case 'restart':
      room.restart();
      break;
    case 'change':
      room.world.definition = { ...room.world.definition, description: `version ${model.calls}` };
      break;
    case 'lock':
    case 'unlock':
      room.screen.lock(step.kind === 'lock');
  }
  bench.note();
  await vi.advanceTimersByTimeAsync(0);
  bench.note();
}

function allowNext({ room, model, ...bench }: Bench, index: number): void {
  const item = room.desk.review()[index];
  if (!item) return;
  const { id, digest } = item;
  const definition = bench.definitions.get(digest) ?? '';
  model.approved.set(id, { bytes: bytesOf(item.arguments), definition, uses: 0 });
  try {
    room.desk.allowNext({ id, digest, input: 'pointer', shownAt: Date.now(), armedAt: Date.now() });
  } catch {
    model.approved.delete(id);
  }
}

/** What must hold whatever has happened. */
function checkRoom(room: Room): void {
  const open = room.queue.open();
  expect(new Set(open.map(({ digest }) => digest)).size, 'one card for one call').toBe(open.length);
  const stored = room.store.approvals({ status: 'open' });
  expect(stored.map(({ id, status }) => [id, status]).sort()).toEqual(
    open.map(({ id, status }) => [id, status]).sort(),
  );
  for (const record of room.store.approvals({ status: 'closed', before: null, limit: 200 }))
    expect(record.argumentsJson === null || record.toReview).toBe(true);
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the queue under any order of events', () => {
  it('executes at most once for each approval, and only bytes a person saw or put in (security)', async () => {
    let executions = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 40 }), async (script) => {
        const bench = new Bench();
        for (const step of script) {
          await run(bench, step);
          checkRoom(bench.room);
          expect(bench.failures).toEqual([]);
        }
        executions += bench.model.executions;
        bench.room.desk.close();
      }),
      { numRuns: 80 },
    );
    // a test in which nothing was ever let through would prove nothing
    expect(executions).toBeGreaterThan(20);
  }, 120_000);
});
