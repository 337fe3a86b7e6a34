import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type FileWrites, realWrites } from '../../../electron/engine/store/slot-file.ts';
import { makeFolder, sampleEvent } from '../store/samples.ts';
import { openTrailRoom, verifyFolder } from './trail-room.ts';

/** The files as a process that is killed now leaves them. A program of its own copies them, so no lock is dropped. */
function copyNow(folder: string): string {
  const copy = makeFolder();
  execFileSync('cp', ['-r', `${folder}/.`, copy]);
  return copy;
}

/** Takes a copy before each write, in the middle of it, after it, and around each sync. */
function copyEach(folder: string, copies: Map<string, string>): FileWrites & { isOn: boolean } {
  let count = 0;
  const take = (what: string) => copies.set(`${what} ${count}`, copyNow(folder));
  const port = {
    isOn: false,
    write(descriptor: number, bytes: Uint8Array, position: number) {
      if (!port.isOn) return realWrites.write(descriptor, bytes, position);
      count += 1;
      take('before write');
      realWrites.write(descriptor, bytes.subarray(0, bytes.length >> 1), position);
      take('in the middle of write');
      const written = realWrites.write(descriptor, bytes, position);
      take('after write');
      return written;
    },
    async sync(descriptor: number) {
      if (port.isOn) take('before the sync after write');
      await realWrites.sync(descriptor);
      if (port.isOn) take('after the sync after write');
    },
  };
  return port;
}

describe('an engine killed at a write of the audit path', () => {
  it('leaves a log that is whole and goes on as it was, at every one of them (security)', async () => {
    const folder = makeFolder();
    const copies = new Map<string, string>();
    const writes = copyEach(folder, copies);
    const room = openTrailRoom({ folder, writes, durability: 'full' });
    await room.gate.commit(sampleEvent({ callId: 'first' }));
    await room.trail.checkpoint();
    writes.isOn = true;
    await room.gate.commit(sampleEvent({ callId: 'second' }));
    await room.trail.checkpoint();
    await room.gate.commit(sampleEvent({ callId: 'third' }));
    writes.isOn = false;
    await room.close();
    // two marks, and both slots of the signer
    expect(copies.size).toBeGreaterThanOrEqual(4 * 3 + 2);

    for (const [when, copy] of copies) {
      expect({ when, ...verifyFolder(copy) }).toMatchObject({ when, verdict: 'whole', problems: [], notes: [] });
      const after = openTrailRoom({ folder: copy });
      expect({ when, losses: after.trail.start.losses }).toEqual({ when, losses: [] });
      await after.gate.commit(sampleEvent({ callId: 'later' }));
      await after.close();
      const report = verifyFolder(copy);
      expect({ when, ...report }).toMatchObject({
        when,
        verdict: 'whole',
        problems: [],
        signedThrough: report.lastSeq,
      });
    }
  });
});
