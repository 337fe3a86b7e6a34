import { vi } from 'vitest';

/**
 * What a test waits for may take long on a busy machine: a state that will come is waited for, not a second. Only a test
 * that fails waits this long. Loaded before every test file (vitest.config.ts).
 */
const patient = { timeout: 15_000, interval: 25 };
const waitFor = vi.waitFor.bind(vi);

vi.waitFor = (check, options) => waitFor(check, options ?? patient);
