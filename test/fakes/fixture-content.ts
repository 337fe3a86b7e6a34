/** What the fixture servers offer and answer: the names and texts the conformance suite calls for. */

/** A 1x1 red PNG. */
export const pngBase64 =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';
/** An empty mono WAV, 8 kHz. */
export const wavBase64 = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=';

const noArguments = { type: 'object' as const, properties: {} };

function textArgument(name: string, description: string) {
  return { type: 'object' as const, properties: { [name]: { type: 'string', description } }, required: [name] };
}

/** Uses the keywords of JSON Schema 2020-12 that a careless proxy drops. */
const fullSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object' as const,
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  // Parsed, because a `then` member makes an object literal look like a promise to the linter.
  ...JSON.parse('{"then":{"required":["phone"]},"else":{"required":["email"]}}'),
  additionalProperties: false,
};

/** The argument `region` travels in a header too (modern HTTP only). */
const headerSchema = {
  type: 'object' as const,
  properties: {
    region: { type: 'string', description: 'Where to run', 'x-mcp-header': 'Region' },
    priority: { type: 'integer', 'x-mcp-header': 'Priority' },
    query: { type: 'string' },
  },
  required: ['region'],
};

function tool(name: string, description: string, inputSchema: { type: 'object' } = noArguments) {
  return { name, description, inputSchema };
}

export const tools = [
  tool('test_simple_text', 'Returns one text block'),
  tool('test_image_content', 'Returns an image block'),
  tool('test_audio_content', 'Returns an audio block'),
  tool('test_embedded_resource', 'Returns an embedded resource'),
  tool('test_multiple_content_types', 'Returns text, an image and a resource'),
  tool('test_error_handling', 'Always ends in a tool error'),
  tool('test_tool_with_logging', 'Sends three log messages while it runs'),
  tool('test_logging_tool', 'Sends a log message only when the caller asked for logs'),
  tool('test_tool_with_progress', 'Reports progress three times'),
  tool('test_reconnection', 'Closes its stream in the middle and answers on the next one'),
  tool('test_sampling', 'Asks the model of the caller', textArgument('prompt', 'What to ask the model')),
  tool('test_elicitation', 'Asks the user of the caller', textArgument('message', 'What to ask the user')),
  tool('test_elicitation_sep1034_defaults', 'Asks with a default for every kind of field'),
  tool('test_elicitation_sep1330_enums', 'Asks with every kind of choice'),
  tool('test_streaming_elicitation', 'Asks the user after a first progress message'),
  tool('test_missing_capability', 'Needs the sampling capability of the caller'),
  tool('test_trigger_tool_change', 'Adds or removes a tool and says so'),
  tool('test_trigger_prompt_change', 'Adds or removes a prompt and says so'),
  tool('test_trigger_resource_update', 'Says that test://watched-resource changed'),
  tool('test_input_required_result_elicitation', 'Asks for a name'),
  tool('test_input_required_result_sampling', 'Asks the model for a capital'),
  tool('test_input_required_result_list_roots', 'Asks for the roots'),
  tool('test_input_required_result_request_state', 'Asks and checks the state it gave out'),
  tool('test_input_required_result_multiple_inputs', 'Asks three things at once'),
  tool('test_input_required_result_multi_round', 'Asks twice, one after the other'),
  tool('test_input_required_result_tampered_state', 'Refuses a changed state'),
  tool('test_input_required_result_capabilities', 'Asks only for what the caller declared'),
  tool('test_custom_headers', 'Takes an argument that travels in a header', headerSchema),
  { name: 'json_schema_2020_12_tool', description: 'Tool with JSON Schema 2020-12 features', inputSchema: fullSchema },
];

/** Comes and goes with `test_trigger_tool_change`. */
export const extraTool = tool('test_extra_tool', 'Was not there before');

export const prompts = [
  { name: 'test_simple_prompt', description: 'A prompt without arguments' },
  {
    name: 'test_prompt_with_arguments',
    description: 'A prompt with two arguments',
    arguments: [
      { name: 'arg1', description: 'First test argument', required: true },
      { name: 'arg2', description: 'Second test argument', required: true },
    ],
  },
  {
    name: 'test_prompt_with_embedded_resource',
    description: 'A prompt that embeds a resource',
    arguments: [{ name: 'resourceUri', description: 'The resource to embed', required: true }],
  },
  { name: 'test_prompt_with_image', description: 'A prompt with an image' },
  { name: 'test_input_required_result_prompt', description: 'A prompt that asks for context first' },
];
/** Comes and goes with `test_trigger_prompt_change`. */
export const extraPrompt = { name: 'test_extra_prompt', description: 'Was not there before' };

export const resources = [
  { uri: 'test://static-text', name: 'Static text', description: 'A text that never changes', mimeType: 'text/plain' },
  { uri: 'test://static-binary', name: 'Static image', description: 'A picture', mimeType: 'image/png' },
  { uri: 'test://example-resource', name: 'Example', description: 'For prompts to embed', mimeType: 'text/plain' },
  { uri: 'test://watched-resource', name: 'Watched', description: 'Can be subscribed to', mimeType: 'text/plain' },
];
export const resourceTemplates = [
  {
    uriTemplate: 'test://template/{id}/data',
    name: 'Template',
    description: 'Data by id',
    mimeType: 'application/json',
  },
];

/** The contents of a resource, or null when there is none. */
export function readFixtureResource(uri: string) {
  if (uri === 'test://static-binary') return [{ uri, mimeType: 'image/png', blob: pngBase64 }];
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1];
  if (id !== undefined) {
    const text = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });
    return [{ uri, mimeType: 'application/json', text }];
  }
  const known = resources.find((resource) => resource.uri === uri);
  if (!known) return null;
  const text =
    uri === 'test://static-text' ? 'This is the content of the static text resource.' : `The content of ${uri}.`;
  return [{ uri, mimeType: known.mimeType, text }];
}

const text = (value: string) => ({ type: 'text' as const, text: value });
const user = <T>(content: T) => ({ role: 'user' as const, content });
const image = { type: 'image' as const, data: pngBase64, mimeType: 'image/png' };

function embedded(uri: string, mimeType: string, value: string) {
  return { type: 'resource' as const, resource: { uri, mimeType, text: value } };
}

/** Messages of a prompt that asks nothing, or null when the name is unknown. */
export function promptMessages(name: string, args: Record<string, string>) {
  switch (name) {
    case 'test_simple_prompt':
      return [user(text('This is a simple prompt for testing.'))];
    case 'test_prompt_with_arguments':
      return [user(text(`Prompt with arguments: arg1='${args.arg1}', arg2='${args.arg2}'`))];
    case 'test_prompt_with_embedded_resource':
      return [
        user(embedded(args.resourceUri ?? '', 'text/plain', 'Embedded resource content for testing.')),
        user(text('Please process the embedded resource above.')),
      ];
    case 'test_prompt_with_image':
      return [user(image), user(text('Please analyze the image above.'))];
    case 'test_extra_prompt':
      return [user(text('Now it is there.'))];
    default:
      return null;
  }
}

/** Results of the tools that need nothing but their name, or null for the others. */
export function plainToolResult(name: string) {
  switch (name) {
    case 'test_simple_text':
      return { content: [text('This is a simple text response for testing.')] };
    case 'test_image_content':
      return { content: [image] };
    case 'test_audio_content':
      return { content: [{ type: 'audio' as const, data: wavBase64, mimeType: 'audio/wav' }] };
    case 'test_embedded_resource':
      return {
        content: [embedded('test://embedded-resource', 'text/plain', 'This is an embedded resource content.')],
      };
    case 'test_multiple_content_types': {
      const json = JSON.stringify({ test: 'data', value: 123 });
      return {
        content: [
          text('Multiple content types test:'),
          image,
          embedded('test://mixed-content-resource', 'application/json', json),
        ],
      };
    }
    case 'test_error_handling':
      return { isError: true, content: [text('This tool intentionally returns an error for testing')] };
    case 'json_schema_2020_12_tool':
    case 'test_custom_headers':
    case 'test_extra_tool':
      return { content: [text(`${name} ran`)] };
    default:
      return null;
  }
}
