/** A legacy server over stdio, as a program's text: everything a careless one does that still has one meaning. */
export const sloppyServer = `
const say = (text) => process.stdout.write(text + '\\r\\n');
console.log('Sloppy server 1.0 is starting...');
say('{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"too early"}}');
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const results = {
    initialize: '{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"sloppy","version":"1"}}',
    'tools/list': '{"tools":[{"name":"any","inputSchema":{"type":"object"}}]}',
    'tools/call': '{"content":[{"type":"text","text":' + JSON.stringify(JSON.stringify(params.arguments ?? null)) + '}]}',
  };
  const result = results[method];
  if (result === undefined) say('{"jsonrpc":"2.0","id":' + JSON.stringify(id) + ',"error":{"code":-32601,"message":"no"}}');
  else say('{"x-trace":"1","error":null,"jsonrpc":"2.0","id":' + JSON.stringify(id) + ',"result":' + result + '}');
});`;
