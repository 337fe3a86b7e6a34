// A program that uses an agent's token: `node token-user.mjs <url> <token> <tool> <arguments as JSON>`; prints the result.
const [url, token, name, args] = process.argv.slice(2);
const version = '2025-11-25';
let session = null;

async function post(message) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(session === null ? {} : { 'mcp-session-id': session, 'mcp-protocol-version': version }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  });
  session = response.headers.get('mcp-session-id') ?? session;
  return response.text();
}

const clientInfo = { name: 'token-user', version: '1.0.0' };
await post({ id: 1, method: 'initialize', params: { protocolVersion: version, capabilities: {}, clientInfo } });
await post({ method: 'notifications/initialized' });
console.log(await post({ id: 2, method: 'tools/call', params: { name, arguments: JSON.parse(args) } }));
