import { createEngine } from '../engine/engine.ts';
import { runShell } from './shell.ts';

runShell(createEngine);
