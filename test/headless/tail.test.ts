import { describe, expect, it, vi } from 'vitest';
import { openTrailRoom } from '../engine/audit/trail-room.ts';
import { sampleEvent } from '../engine/store/samples.ts';
import { runCli } from './run-cli.ts';

async function makeLog() {
  const room = openTrailRoom();
  await room.gate.commit(sampleEvent({ tool: 'read_file' }));
  await room.gate.commit(sampleEvent({ event: 'call.settled', outcome: 'ok', tool: 'read_file' }));
  await room.gate.commit(sampleEvent({ event: 'call.refused', outcome: 'denied', tool: 'delete_file' }));
  return room;
}

const linesOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('scopegate tail', () => {
  it('prints the newest entries that fit as lines of JSON, without the app', async () => {
    const room = await makeLog();
    await room.close();
    const whole = runCli(['tail', '--data-dir', room.folder]);
    expect(await whole.ended).toBe(0);
    const rows = linesOf(whole.stdout());
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1));
    expect(rows[1]).toMatchObject({ event: expect.any(String), hash: expect.stringMatching(/^[0-9a-f]{64}$/) });

    const some = runCli([
      ...['tail', '--data-dir', room.folder, '--filter', 'tool:FILE', '--filter', 'outcome:denied'],
      ...['--filter', 'outcome:ok', '--lines', '1'],
    ]);
    expect(await some.ended).toBe(0);
    expect(linesOf(some.stdout())).toMatchObject([{ event: 'call.refused', tool: 'delete_file' }]);
  });

  it('follows a log that is being written, each entry once, until it is ended', async () => {
    const room = await makeLog();
    const run = runCli(['tail', '--follow', '--lines', '0', '--data-dir', room.folder]);
    // nothing is printed at first, so new entries are written until one shows
    const written: string[] = [];
    const first = run.nextLine();
    await vi.waitFor(
      async () => {
        const subject = `entry ${written.length}`;
        written.push(subject);
        await room.gate.commit(sampleEvent({ subject }));
        expect(run.stdout()).not.toBe('');
      },
      { timeout: 30_000, interval: 200 },
    );
    const from = written.indexOf(String((await first).subject));
    await vi.waitFor(() => expect(linesOf(run.stdout())).toHaveLength(written.length - from), { timeout: 30_000 });
    expect(linesOf(run.stdout()).map(({ subject }) => subject)).toEqual(written.slice(from));
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
    await room.close();
  });

  it('says what to do where there is no log, and which filters there are', async () => {
    const nowhere = runCli(['tail', '--data-dir', '/nowhere/at/all']);
    expect(await nowhere.ended).toBe(1);
    expect(nowhere.stderr()).toContain('scopegate: ');
    const mistaken = runCli(['tail', '--filter', 'colour:red']);
    expect(await mistaken.ended).toBe(2);
    expect(mistaken.stderr()).toContain('agent, server, tool');
  });
});
