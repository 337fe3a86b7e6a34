/** A command line taken apart the way it will be started: one program, its arguments, no shell in between. */
export interface CommandParts {
  command: string;
  args: string[];
  /** Leading `NAME=value` words, which a shell would have put into the environment. */
  env: Record<string, string>;
}

export type SplitResult = { ok: true; parts: CommandParts } | { ok: false; message: string };

interface Word {
  text: string;
  /** False when any part of the word was quoted or escaped: then nothing in it is shell syntax. */
  bare: boolean;
}

const shellOperator = /^(?:[|&;<>]+|\d?>+.*|<.*)$/;
const endsStatement = /[;&|]$/;
const expansion = /^~(?:[\\/]|$)|\$(?:[A-Za-z_({])|`/;
const assignment = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s;

/**
 * Splits one line into words. Single quotes keep everything, double quotes keep everything but `\"`, and a backslash
 * outside quotes protects only a space or a quote, so that Windows paths survive being pasted.
 */
function splitWords(line: string): Word[] | { message: string } {
  const words: Word[] = [];
  let text = '';
  let isOpen = false;
  let isBare = true;
  let quote: string | null = null;
  const end = (): void => {
    if (isOpen) words.push({ text, bare: isBare });
    [text, isOpen, isBare] = ['', false, true];
  };
  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at);
    const isEscape = char === '\\' && protectable(quote).test(line.charAt(at + 1));
    if (isEscape) {
      at += 1;
      [text, isOpen, isBare] = [text + line.charAt(at), true, false];
    } else if (quote === null && /\s/.test(char)) end();
    else if (char === quote) quote = null;
    else if (quote === null && /["']/.test(char)) [quote, isOpen, isBare] = [char, true, false];
    else [text, isOpen] = [text + char, true];
  }
  if (quote !== null) return { message: `A ${quote === '"' ? 'double' : 'single'} quote is not closed.` };
  end();
  return words;
}

/** What a backslash protects at this place. */
function protectable(quote: string | null): RegExp {
  if (quote === null) return /[\s"']/;
  return quote === '"' ? /"/ : /(?!)/;
}

/**
 * Parses a pasted command line. Shell syntax is refused with a sentence instead of being passed on as odd arguments,
 * because the engine starts programs without a shell.
 */
export function splitCommandLine(line: string): SplitResult {
  const words = splitWords(line.replace(/^\s*\$\s+/, ''));
  if (!Array.isArray(words)) return { ok: false, message: words.message };
  for (const word of words) {
    const message = checkWord(word);
    if (message !== null) return { ok: false, message };
  }
  const env: Record<string, string> = {};
  let start = 0;
  for (; start < words.length; start += 1) {
    const match = assignment.exec(words[start]?.text ?? '');
    if (!match) break;
    env[match[1] ?? ''] = match[2] ?? '';
  }
  const [command, ...args] = words.slice(start).map((word) => word.text);
  if (!command) return { ok: false, message: 'Type the command that starts the server.' };
  return { ok: true, parts: { command, args, env } };
}

/** What a shell would have made of this word; null when it is plain text. */
function checkWord({ text, bare }: Word): string | null {
  if (!bare) return null;
  const without = 'Programs start without a shell, so';
  if (shellOperator.test(text) || endsStatement.test(text)) {
    return `${without} “${text}” has no meaning here. Quote it if it is meant as text.`;
  }
  if (expansion.test(text))
    return `${without} “${text}” stays as it is. Write it out, or quote it if it is meant as text.`;
  return null;
}

/** The opposite of {@link splitCommandLine}: one line that splits into exactly these parts. */
export function joinCommandLine(command: string, args: readonly string[]): string {
  return [command, ...args].map(quoteWord).join(' ');
}

function quoteWord(word: string): string {
  // A backslash at the end would protect the space after it.
  const isPlain = word !== '' && !word.endsWith('\\') && !/[\s"'|&;<>`$~]/.test(word);
  if (isPlain) return word;
  if (!word.includes("'")) return `'${word}'`;
  // Single quotes hold no single quote: close, protect it with a backslash, open again.
  return `'${word.replaceAll("'", "'\\''")}'`;
}
