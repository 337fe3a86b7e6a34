import { createSecretKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { assembleApprovals } from '../../../electron/engine/approval-parts.ts';
import { digestArguments, hashDefinition } from '../../../electron/engine/core/canonical.ts';
import type { DecidedCall } from '../../../electron/engine/core/stages.ts';
import { describeSubject } from '../../../electron/engine/core/subject.ts';
import { EventBus } from '../../../electron/engine/event-bus.ts';
import type { ApprovalDesk } from '../../../electron/engine/pipeline/approval-desk.ts';
import type { Answer } from '../../../electron/engine/pipeline/approval-item.ts';
import type { ApprovalQueue } from '../../../electron/engine/pipeline/approval-queue.ts';
import { ArgumentKeeper } from '../../../electron/engine/pipeline/argument-keeper.ts';
import { ArgumentValidator } from '../../../electron/engine/pipeline/argument-validator.ts';
import { AuditGate } from '../../../electron/engine/pipeline/audit-gate.ts';
import { CallJournal } from '../../../electron/engine/pipeline/call-journal.ts';
import type { ScreenPort, StepUpPort } from '../../../electron/engine/ports.ts';
import type { AuditRow, StoreWriter } from '../../../electron/engine/store/contract.ts';
import { openStore } from '../../../electron/engine/store/open.ts';
import type { CatalogTool } from '../../../electron/engine/upstream/catalog.ts';
import type { JsonObject } from '../../../electron/engine/wire/json-rpc.ts';
import type { ApprovalDecision, ApprovalView, Effect, RiskTier } from '../../../electron/shared/index.ts';
import { makeExchange } from '../../helpers/exchange.ts';

/** A trail that promises everything at once, for tests that are not about it. */
const noTrail = { fault: null, sync: async () => {}, retry: () => {} };

export const key = createSecretKey(Buffer.alloc(32, 1));

/** A lock a test turns itself. */
export class TestScreen implements ScreenPort {
  #locked = false;
  readonly #listeners = new Set<(isLocked: boolean) => void>();

  isLocked(): boolean {
    return this.#locked;
  }

  onChange(listener: (isLocked: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  lock(isLocked: boolean): void {
    this.#locked = isLocked;
    for (const listener of this.#listeners) listener(isLocked);
  }
}

/** The waiting room on a database of its own, with a policy a test turns itself. */
export interface Room {
  queue: ApprovalQueue;
  desk: ApprovalDesk;
  store: StoreWriter;
  keeper: ArgumentKeeper;
  screen: TestScreen;
  /** What policy says now, and what the tool is. */
  world: { effect: Effect; tier: RiskTier; definition: JsonObject; reviewed: boolean; version: number };
  abandoned: string[];
  /** Ends the engine's side and opens it again on the same database. */
  restart(): void;
  call(id: string, args?: JsonObject, more?: { agent?: string; signal?: AbortSignal }): DecidedCall;
  /** Waits in the background; the answer turns up in `answers`. */
  ask(id: string, args?: JsonObject, more?: { agent?: string; giveUpMs?: number; signal?: AbortSignal }): void;
  answers: Map<string, Answer>;
  /** The only card that waits. */
  card(): ApprovalView;
  /** Every row of one event, oldest first. */
  rows(event: string): AuditRow[];
}

export interface RoomOptions {
  timeoutMs?: number;
  armedMs?: number;
  stepUp?: StepUpPort;
}

export function openRoom(options: RoomOptions = {}): Room {
  const dir = mkdtempSync(join(tmpdir(), 'scopegate-room-'));
  const clock = { now: () => Date.now() };
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const screen = new TestScreen();
  const store = openStore({ file: join(dir, 'scopegate.db') });
  const world: Room['world'] = {
    effect: 'ask',
    tier: 'write',
    reviewed: true,
    version: 1,
    definition: { name: 't', inputSchema: { type: 'object' } },
  };
  const abandoned: string[] = [];
  const answers = new Map<string, Answer>();

  const toolNow = (): CatalogTool => ({
    kind: 'tool',
    serverId: 's',
    serverName: 'Server',
    name: 't',
    exposedName: 's__t',
    definition: world.definition,
    definitionHash: hashDefinition(world.definition),
    reviewed: world.reviewed,
    state: 'reviewed',
    reviewedDefinition: null,
    risk: { tier: world.tier, reasons: [] },
    tierRoseAt: null,
    listed: '',
  });
  const decision = () => ({
    effect: world.effect,
    reasonCode: 'switch_tool',
    reason: 'Blocked here.',
    policyVersion: world.version,
    trace: [],
  });
  const journal = new (class extends CallJournal {
    override view(callId: string) {
      abandoned.push(callId);
      return super.view(callId);
    }
  })(new EventBus(clock, log));

  const keeper = new ArgumentKeeper({ store, key, log, now: clock.now });
  keeper.setDays(7);

  const assemble = () =>
    assembleApprovals({
      credentials: { names: () => [] },
      ports: {
        clock,
        log,
        keys: { protection: 'file-mode', protect: async (plain) => plain, unprotect: async (sealed) => sealed },
        settings: { getPort: () => undefined, setPort: () => {} },
        host: 'headless',
        version: '0',
        dataDir: dir,
        env: {},
        screen,
        ...(options.stepUp ? { stepUp: options.stepUp } : {}),
      },
      store,
      key,
      timing: { timeoutMs: options.timeoutMs ?? 60_000, extendMs: 60_000, armedMs: options.armedMs ?? 60_000 },
      bus: new EventBus(clock, log),
      audit: new AuditGate({ store, trail: noTrail, durability: 'normal', log, now: clock.now, onHealth: () => {} }),
      journal,
      agents: { get: () => undefined },
      catalog: { toolsOf: () => [toolNow()] },
      validator: new ArgumentValidator(),
      kept: keeper,
      startedAt: 1,
      decideNow: decision,
      judge: () => ({ decision: decision(), risk: { tier: world.tier, reasons: [] } }),
      policyVersion: () => world.version,
      onGrants: () => {
        world.version += 1;
        room.desk.policyChanged();
      },
    });

  const room: Room = {
    ...toParts(assemble()),
    store,
    keeper,
    screen,
    world,
    abandoned,
    answers,
    restart() {
      room.desk.close();
      Object.assign(room, toParts(assemble()));
    },
    call: (id, args = { path: '/tmp/x' }, { agent = 'a', signal = new AbortController().signal } = {}) => ({
      id,
      at: 1,
      exchange: makeExchange({ agent: { id: agent, name: 'Agent' }, signal }),
      tool: toolNow(),
      arguments: args,
      otherParams: {},
      params: { name: 't', arguments: args },
      argumentsDigest: digestArguments(key, args),
      subject: describeSubject(args),
      risk: { tier: world.tier, reasons: [] },
      decision: { ...decision(), effect: 'ask' },
    }),
    ask(id, args, { giveUpMs = 60_000, ...more } = {}) {
      void room.queue.wait(room.call(id, args, more), giveUpMs, () => {}).then((answer) => answers.set(id, answer));
    },
    card() {
      const waiting = room.queue.open().filter(({ status }) => status === 'pending');
      const [card] = waiting;
      if (!card || waiting.length > 1) throw new Error(`${waiting.length} cards wait`);
      return card;
    },
    rows: (event) => {
      const rows = store.approvalRows(0, 1000).filter((row) => row.event === event);
      return event === 'approval.decided' ? rows : readRows(store, event);
    },
  };
  onTestFinished(() => {
    room.desk.close();
    store.close();
    rmSync(dir, { recursive: true, force: true });
  });
  return room;
}

function toParts({ approvals, desk }: ReturnType<typeof assembleApprovals>): Pick<Room, 'queue' | 'desk'> {
  return { queue: approvals, desk };
}

/** Rows of the log by event: the raw columns hold what is needed here. */
function readRows(store: StoreWriter, event: string): AuditRow[] {
  return store
    .chainRows(0, 10_000)
    .filter((row) => row.values[3] === event)
    .map((row) => ({ event, details: JSON.parse(String(row.values[22])) }) as AuditRow);
}

/** A person's answer to a card that has stood long enough. */
export function answerTo(
  { id, digest }: Pick<ApprovalView, 'id' | 'digest'>,
  verdict: 'approve' | 'deny',
  more: Partial<ApprovalDecision> = {},
): ApprovalDecision {
  return {
    id,
    digest,
    verdict,
    denyReason: null,
    denyNote: null,
    input: 'pointer',
    shownAt: Date.now() - 2_000,
    armedAt: Date.now() - 1_000,
    ...more,
  };
}
