// The suite starts this for each scenario with its server's address last. The gateway, the agent and the person are in the
// test's own process, which is told by HTTP; that saves starting the engine anew for each scenario.
const body = JSON.stringify({
  url: process.argv.at(-1),
  scenario: process.env.MCP_CONFORMANCE_SCENARIO,
  context: JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}'),
});
const answer = await fetch(process.env.SCOPEGATE_DRIVER ?? '', { method: 'POST', body });
process.stderr.write(await answer.text());
