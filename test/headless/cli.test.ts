import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../electron/headless/cli.ts';

const parse = (line: string) => parseCommand(line === '' ? [] : line.split(' '), '/home/sam');

describe('the command line', () => {
  it('reads serve with every option, relative paths from the working folder', () => {
    expect(parse('serve --data-dir data --config ./a/b.yaml --port 0 --ui-port=8080 --login-link --open')).toEqual({
      kind: 'serve',
      options: {
        dataDir: '/home/sam/data',
        configFile: '/home/sam/a/b.yaml',
        port: 0,
        uiPort: 8080,
        loginLink: true,
        open: true,
        passphraseFile: null,
      },
    });
  });

  it('leaves out what is not given', () => {
    expect(parse('serve')).toEqual({
      kind: 'serve',
      options: {
        dataDir: null,
        configFile: null,
        port: null,
        uiPort: 0,
        loginLink: false,
        open: false,
        passphraseFile: null,
      },
    });
    expect(parse('doctor')).toEqual({
      kind: 'doctor',
      options: { dataDir: null, port: null, tokenFile: null, json: false },
    });
    expect(parse('demo')).toEqual({ kind: 'demo', options: { port: 0, uiPort: 0, loginLink: false, open: false } });
  });

  it('reads connect, which never takes a token', () => {
    expect(parse('connect --server files --token-file t --url http://localhost:7420 --data-dir d')).toEqual({
      kind: 'connect',
      options: {
        server: 'files',
        tokenFile: '/home/sam/t',
        url: 'http://localhost:7420/mcp',
        dataDir: '/home/sam/d',
      },
    });
    expect(parse('connect')).toEqual({
      kind: 'connect',
      options: { server: null, tokenFile: null, url: null, dataDir: null },
    });
  });

  it.each([
    'http://10.0.0.1:7420/mcp',
    'https://127.0.0.1/mcp',
    'http://sgk_x@127.0.0.1/mcp',
    'http://127.0.0.1.example.com/mcp',
    'http://127.0.0.1/mcp?token=x',
    'file:///etc/passwd',
    'elsewhere',
  ])('sends no token to "%s" (security)', (url) => {
    expect(parse(`connect --url ${url}`)).toMatchObject({ kind: 'mistake', topic: 'connect' });
  });

  it('finds help and version', () => {
    expect(parse('help')).toEqual({ kind: 'help', topic: null });
    expect(parse('--help')).toEqual({ kind: 'help', topic: null });
    expect(parse('help serve')).toEqual({ kind: 'help', topic: 'serve' });
    expect(parse('serve --help')).toEqual({ kind: 'help', topic: 'serve' });
    expect(parse('--version')).toEqual({ kind: 'version' });
  });

  it.each([
    ['', 'a command is missing'],
    ['sreve', '"sreve" is not a command'],
    ['--port', '"--port" is not an option here'],
    ['help me', '"me" is not a command'],
    ['serve --prot 1', "Unknown option '--prot'"],
    ['serve extra', "Unexpected argument 'extra'"],
    ['serve --port', "Option '--port <value>' argument missing"],
    ['serve --port 70000', '--port takes a number'],
    ['serve --port -1', "Option '--port' argument is ambiguous"],
    ['serve --port 1e3', '--port takes a number'],
    ['serve --ui-port=', '--ui-port takes a number'],
    ['serve --config=', '--config takes a path'],
    ['serve --open=yes', "Option '--open' does not take an argument"],
    ['demo --config x', "Unknown option '--config'"],
    ['doctor --token sgk_x', "Unknown option '--token'"],
    ['connect --token sgk_x', "Unknown option '--token'"],
    ['connect --server ../admin', '--server takes the id of a server'],
  ])('refuses "%s" and says why', (line, words) => {
    const command = parse(line);
    expect(command.kind).toBe('mistake');
    expect(command.kind === 'mistake' && command.message).toContain(words);
  });
});
