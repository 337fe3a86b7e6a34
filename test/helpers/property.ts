import fc from 'fast-check';

/**
 * fast-check with one seed for every run, so that a run of the tests can be repeated exactly: what fails for one person
 * fails for all. `SCOPEGATE_SEED=random` draws a new one for each run (`npm run check:deep` does), a number sets it;
 * fast-check prints the seed of whatever fails.
 */
const wanted = process.env.SCOPEGATE_SEED ?? '20261122';
const drawn = wanted === 'random' ? Date.now() : Number(wanted);
if (!Number.isSafeInteger(drawn)) throw new Error('SCOPEGATE_SEED must be a whole number or "random"');

fc.configureGlobal({ seed: drawn });

export { fc };
