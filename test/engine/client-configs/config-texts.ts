import { fc } from '../../helpers/property.ts';

/** Files a person could have: members in any order, comments in all places, odd blanks, both line ends. */
export interface WrittenText {
  text: string;
  /** Every comment in it, each with words of its own. */
  comments: string[];
}

const names = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9_-]{0,7}$/), { minLength: 0, maxLength: 4 });
const word = fc.stringMatching(/^[A-Za-z0-9 _./:@{}$#"'\\-]{0,14}$/);
const leaf = fc.oneof(word, fc.integer({ min: -9999, max: 9999 }), fc.boolean());
const eols = fc.constantFrom('\n', '\r\n');

interface Draft {
  servers: { name: string; args: string[]; url: string | null }[];
  others: { name: string; value: string | number | boolean }[];
  serversFirst: boolean;
  comments: boolean[];
  eol: string;
  indent: string;
  trailingComma: boolean;
  hasServers: boolean;
  oneLine: boolean;
  blanks: number[];
}

const drafts: fc.Arbitrary<Draft> = fc.record({
  servers: names.chain((list) =>
    fc.tuple(
      ...list.map((name) =>
        fc.record({
          name: fc.constant(name),
          args: fc.array(word, { maxLength: 3 }),
          url: fc.option(fc.constant('https://example.test/mcp')),
        }),
      ),
    ),
  ) as fc.Arbitrary<Draft['servers']>,
  others: names.chain((list) =>
    fc.tuple(...list.map((name) => fc.record({ name: fc.constant(`x-${name}`), value: leaf }))),
  ) as fc.Arbitrary<Draft['others']>,
  serversFirst: fc.boolean(),
  comments: fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }),
  eol: eols,
  indent: fc.constantFrom('  ', '    ', '\t'),
  trailingComma: fc.boolean(),
  hasServers: fc.boolean(),
  oneLine: fc.boolean(),
  blanks: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 24, maxLength: 24 }),
});

/** Says for each place in turn whether a comment stands there. */
function makeCommenter(draft: Draft) {
  const comments: string[] = [];
  let place = 0;
  return {
    comments,
    next(open: string, close = ''): string {
      const isHere = draft.comments[place % draft.comments.length] === true;
      place += 1;
      if (!isHere) return '';
      const comment = `${open} note ${comments.length} about it${close}`;
      comments.push(comment);
      return comment;
    },
  };
}

function writeJsonc(draft: Draft, serversKey: string): WrittenText {
  const notes = makeCommenter(draft);
  const { eol, indent } = draft;
  const line = (depth: number, text: string) => `${eol}${indent.repeat(depth)}${text}`;
  const write = (members: [string, (depth: number) => string][], depth: number): string => {
    if (members.length === 0) return `{${draft.oneLine ? '' : notes.next(' /*', ' */ ')}}`;
    const lines = members.map(([name, value], index) => {
      const above = notes.next('//');
      const isLast = index === members.length - 1;
      const comma = !isLast || draft.trailingComma ? ',' : '';
      const after = notes.next(' //');
      return `${above === '' ? '' : line(depth + 1, above)}${line(depth + 1, `${JSON.stringify(name)}: ${value(depth + 1)}${comma}${after}`)}`;
    });
    const end = notes.next('//');
    return `{${lines.join('')}${end === '' ? '' : line(depth + 1, end)}${line(depth, '}')}`;
  };
  const servers: [string, (depth: number) => string] = [
    serversKey,
    (depth) =>
      write(
        draft.servers.map(({ name, args, url }) => [
          name,
          () => JSON.stringify(url === null ? { command: 'run', args } : { url }),
        ]),
        depth,
      ),
  ];
  const others = draft.others.map(({ name, value }): [string, () => string] => [name, () => JSON.stringify(value)]);
  const all = draft.hasServers ? (draft.serversFirst ? [servers, ...others] : [...others, servers]) : others;
  const head = notes.next('//');
  return { text: `${head === '' ? '' : head + eol}${write(all, 0)}${eol}`, comments: notes.comments };
}

function writeToml(draft: Draft): WrittenText {
  const notes = makeCommenter(draft);
  const lines: string[] = [];
  const comment = () => {
    const text = notes.next('#');
    if (text !== '') lines.push(text);
    for (let blank = 0; blank < (draft.blanks[lines.length % draft.blanks.length] ?? 0); blank += 1) lines.push('');
  };
  for (const { name, value } of draft.others) {
    comment();
    lines.push(`${name} = ${JSON.stringify(value)}${notes.next(' #')}`);
  }
  for (const { name, args, url } of draft.hasServers ? draft.servers : []) {
    comment();
    lines.push(`[mcp_servers.${name}]${notes.next(' #')}`);
    if (url === null) lines.push('command = "run"', `args = [${args.map((arg) => JSON.stringify(arg)).join(', ')}]`);
    else lines.push(`url = '${url}'`);
    if (draft.serversFirst) lines.push(`[mcp_servers.${name}.env]`, 'MODE = "a"');
  }
  comment();
  return { text: lines.map((text) => text + draft.eol).join(''), comments: notes.comments };
}

function writeYaml(draft: Draft): WrittenText {
  const notes = makeCommenter(draft);
  const indent = draft.indent === '\t' ? '   ' : draft.indent;
  const lines: string[] = [];
  const comment = (depth: number) => {
    const text = notes.next('#');
    if (text !== '') lines.push(indent.repeat(depth) + text);
  };
  const others = () => {
    for (const { name, value } of draft.others) {
      comment(0);
      lines.push(`${name}: ${JSON.stringify(value)}${notes.next(' #')}`);
    }
  };
  if (!draft.serversFirst) others();
  if (draft.hasServers && draft.servers.length > 0) {
    comment(0);
    lines.push(`extensions:${notes.next(' #')}`);
    for (const { name, args, url } of draft.servers) {
      comment(1);
      lines.push(`${indent}${JSON.stringify(name)}:${notes.next(' #')}`);
      if (url === null) {
        lines.push(
          `${indent.repeat(2)}cmd: run`,
          `${indent.repeat(2)}args: [${args.map((arg) => JSON.stringify(arg)).join(', ')}]`,
        );
      } else lines.push(`${indent.repeat(2)}uri: '${url}'${notes.next(' #')}`);
    }
  }
  if (draft.serversFirst) others();
  return { text: lines.map((text) => text + draft.eol).join(''), comments: notes.comments };
}

export const writtenTexts = {
  jsonc: drafts.map((draft) => writeJsonc(draft, 'mcpServers')),
  toml: drafts.map(writeToml),
  yaml: drafts.map(writeYaml),
};
