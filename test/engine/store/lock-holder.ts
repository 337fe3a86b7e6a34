/** Run as a program of its own: tries for a lock, says how it went, and lives until its input ends or it is killed. */
import { writeSync } from 'node:fs';
import { takeProcessLock } from '../../../electron/engine/store/process-lock.ts';

const [path] = process.argv.slice(2);
if (!path) throw new Error('usage: lock-holder FILE');
writeSync(1, `${takeProcessLock(path).ok ? 'taken' : 'refused'}\n`);
process.stdin.resume();
