// The limit in front of a stdio server: `node raw-stdio.ts COMMAND [ARG…]` starts it and serves it over HTTP, swapping
// ids on the bytes without reading anything else. Prints the port it listens on.
import { spawn } from 'node:child_process';
import { createServer, type ServerResponse } from 'node:http';

const [command = '', ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
const waiting = new Map<number, { response: ServerResponse; id: string }>();
let nextId = 1;

const idPattern = /"id":("[^"]*"|\d+)/;

let rest: Buffer = Buffer.alloc(0);
child.stdout.on('data', (part: Buffer) => {
  rest = rest.length === 0 ? part : Buffer.concat([rest, part]);
  for (;;) {
    const end = rest.indexOf(10);
    if (end === -1) return;
    reply(rest.subarray(0, end));
    rest = rest.subarray(end + 1);
  }
});

/** The fixture writes the id near the start; only that part becomes text. */
function reply(line: Buffer): void {
  const head = line.subarray(0, 200).toString('latin1');
  const found = idPattern.exec(head);
  const held = waiting.get(Number(found?.[1]));
  if (!found || !held) return;
  waiting.delete(Number(found[1]));
  const before = line.subarray(0, found.index);
  const after = line.subarray(found.index + found[0].length);
  const id = Buffer.from(`"id":${held.id}`);
  const length = before.length + id.length + after.length;
  held.response.writeHead(200, { 'content-type': 'application/json', 'content-length': length });
  held.response.write(before);
  held.response.write(id);
  held.response.end(after);
}

const server = createServer((request, response) => {
  if (request.method !== 'POST') {
    response.writeHead(405).end();
    return;
  }
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const text = Buffer.concat(parts).toString();
    const found = idPattern.exec(text);
    if (!found) {
      child.stdin.write(`${text}\n`);
      response.writeHead(202).end();
      return;
    }
    const id = nextId++;
    waiting.set(id, { response, id: found[1] ?? '' });
    child.stdin.write(`${text.slice(0, found.index)}"id":${id}${text.slice(found.index + found[0].length)}\n`);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log((server.address() as { port: number }).port));
process.on('SIGTERM', () => {
  child.kill();
  process.exit(0);
});
