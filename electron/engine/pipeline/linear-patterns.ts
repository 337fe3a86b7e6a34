import { RE2JS } from 're2js';

/** Steps the patterns of one check may take: state of the pattern times characters of the text. */
const maxSteps = 20_000_000;
/** What starting one match costs besides. */
const startSteps = 64;

/** What Ajv calls with a pattern; `code` is how it names this in the code it writes. */
export interface PatternEngine {
  (pattern: string): { test(text: string): boolean; toString(): string };
  code: string;
}

/** Patterns on a linear-time engine, with a budget over all of them. */
export interface Patterns {
  engine: PatternEngine;
  /** A new check begins. */
  restart(): void;
}

/** A pattern the engine has no form for (look-around, back references) is left to the server. `test` throws beyond the budget. */
export function createPatterns(): Patterns {
  let left = maxSteps;
  const engine: PatternEngine = Object.assign(
    (pattern: string) => {
      const compiled = compilePattern(pattern);
      return {
        test(text: string) {
          if (compiled === null) return true;
          left -= startSteps + compiled.programSize() * text.length;
          if (left < 0) throw new RangeError('the patterns take too long');
          return compiled.matcher(text).find();
        },
        // Ajv keeps one matcher for each such text
        toString: () => pattern,
      };
    },
    { code: 'linearPattern' },
  );
  return {
    engine,
    restart: () => {
      left = maxSteps;
    },
  };
}

function compilePattern(pattern: string): RE2JS | null {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return null;
  }
}
