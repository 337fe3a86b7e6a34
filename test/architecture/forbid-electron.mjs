// Loaded with `--import` into a child process: from then on nothing in it can import Electron, directly or through a package.
import { registerHooks } from 'node:module';

const forbidden = /^(electron|electron-store)(\/|$)/;

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (forbidden.test(specifier)) throw new Error(`forbidden import of "${specifier}" from ${context.parentURL}`);
    return nextResolve(specifier, context);
  },
});
