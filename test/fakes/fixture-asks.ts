import { randomBytes } from 'node:crypto';
import {
  acceptedContent,
  type CallToolResult,
  createRequestStateCodec,
  type GetPromptResult,
  type InputRequests,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  MissingRequiredClientCapabilityError,
  type ServerContext,
} from '@modelcontextprotocol/server';

/** The state a fixture gives out between two rounds of one request. */
interface RoundState {
  tool: string;
  round: number;
}

export const stateCodec = createRequestStateCodec<RoundState>({ key: randomBytes(32) });

type Answers = Record<string, unknown> | undefined;
type ToolEnd = CallToolResult | InputRequiredResult;

const say = (text: string): CallToolResult => ({ content: [{ type: 'text', text }] });

type FieldSchema = { type: 'string' } | { type: 'boolean' };

/** A form with one required field. */
function askForm(message: string, field: string, type: 'string' | 'boolean' = 'string') {
  return inputRequired.elicit({
    message,
    requestedSchema: { type: 'object', properties: { [field]: { type } as FieldSchema }, required: [field] },
  });
}

function askModel(text: string, maxTokens = 100) {
  return inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text } }], maxTokens });
}

/** What the model said, or null while it was not asked. */
function modelText(answers: Answers, key: string): string | null {
  const answer = inputResponse(answers, key);
  if (answer.kind !== 'sampling') return null;
  const { content } = answer.result;
  const blocks = Array.isArray(content) ? content : [content];
  return blocks.map((block) => (block.type === 'text' ? block.text : block.type)).join(' ');
}

function rootUris(answers: Answers, key: string): string[] | null {
  const answer = inputResponse(answers, key);
  return answer.kind === 'roots' ? answer.roots.map((root) => root.uri) : null;
}

/** Every kind of field with a default (SEP-1034). */
const defaultsForm = inputRequired.elicit({
  message: 'Please review the defaults',
  requestedSchema: {
    type: 'object',
    properties: {
      name: { type: 'string', default: 'John Doe' },
      age: { type: 'integer', default: 30 },
      score: { type: 'number', default: 95.5 },
      status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
      verified: { type: 'boolean', default: true },
    },
  },
});

const titled = (values: [string, string][]) => values.map(([value, title]) => ({ const: value, title }));

/** Every kind of choice (SEP-1330). */
const enumsForm = inputRequired.elicit({
  message: 'Please choose',
  requestedSchema: {
    type: 'object',
    properties: {
      untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
      titledSingle: {
        type: 'string',
        oneOf: titled([
          ['value1', 'First Option'],
          ['value2', 'Second Option'],
          ['value3', 'Third Option'],
        ]),
      },
      legacyEnum: {
        type: 'string',
        enum: ['opt1', 'opt2', 'opt3'],
        enumNames: ['Option One', 'Option Two', 'Option Three'],
      },
      untitledMulti: { type: 'array', items: { type: 'string', enum: ['option1', 'option2', 'option3'] } },
      titledMulti: {
        type: 'array',
        items: {
          anyOf: titled([
            ['value1', 'First Choice'],
            ['value2', 'Second Choice'],
            ['value3', 'Third Choice'],
          ]),
        },
      },
    },
  },
});

/** Asks one form and repeats the answer. */
function askOnce(answers: Answers, request: InputRequests[string], prefix: string): ToolEnd {
  const answer = inputResponse(answers, 'form');
  if (answer.kind !== 'elicit') return inputRequired({ inputRequests: { form: request } });
  return say(`${prefix}: action=${answer.action}, content=${JSON.stringify(answer.content ?? {})}`);
}

async function askWithState(tool: string, answers: Answers, context: ServerContext): Promise<ToolEnd> {
  const state = context.mcpReq.requestState<RoundState>();
  const confirmed = acceptedContent(answers, 'confirm');
  if (state?.tool === tool && confirmed) return say('state-ok');
  return inputRequired({
    inputRequests: { confirm: askForm('Please confirm', 'ok', 'boolean') },
    requestState: await stateCodec.mint({ tool, round: 1 }),
  });
}

async function askTwice(tool: string, answers: Answers, context: ServerContext): Promise<ToolEnd> {
  const round = context.mcpReq.requestState<RoundState>()?.round ?? 0;
  const color = acceptedContent(answers, 'step2')?.color;
  if (round === 2 && color !== undefined) return say(`Your color is ${color}.`);
  const isNamed = round >= 1 && acceptedContent(answers, 'step1') !== undefined;
  return inputRequired({
    inputRequests: isNamed
      ? { step2: askForm('Step 2: What is your favorite color?', 'color') }
      : { step1: askForm('Step 1: What is your name?', 'name') },
    requestState: await stateCodec.mint({ tool, round: isNamed ? 2 : 1 }),
  });
}

async function askThreeThings(tool: string, answers: Answers): Promise<ToolEnd> {
  const name = acceptedContent(answers, 'user_name')?.name;
  const greeting = modelText(answers, 'greeting');
  const uris = rootUris(answers, 'client_roots');
  if (name !== undefined && greeting !== null && uris !== null) return say(`${greeting} ${name} ${uris.join(' ')}`);
  return inputRequired({
    inputRequests: {
      user_name: askForm('What is your name?', 'name'),
      greeting: askModel('Generate a greeting', 50),
      client_roots: inputRequired.listRoots(),
    },
    requestState: await stateCodec.mint({ tool, round: 1 }),
  });
}

function askWhatIsDeclared(answers: Answers, capabilities: Record<string, unknown>): ToolEnd {
  if (Object.keys(answers ?? {}).length > 0) return say('Asked only what was declared.');
  const inputRequests: InputRequests = {};
  if (capabilities.elicitation) inputRequests.user_name = askForm('What is your name?', 'name');
  if (capabilities.sampling) inputRequests.capital_question = askModel('What is the capital of France?');
  if (capabilities.roots) inputRequests.client_roots = inputRequired.listRoots();
  return Object.keys(inputRequests).length === 0 ? say('Nothing can be asked.') : inputRequired({ inputRequests });
}

/**
 * The tools that ask something in the middle, written once: in the modern era a question is an `input_required` round,
 * in the legacy eras the SDK turns it into a request of the server. Null: the name is another tool's.
 */
export async function askingToolResult(
  name: string,
  args: Record<string, unknown>,
  context: ServerContext,
  capabilities: Record<string, unknown>,
): Promise<ToolEnd | null> {
  const answers = context.mcpReq.inputResponses;
  switch (name) {
    case 'test_sampling': {
      const answer = modelText(answers, 'model');
      if (answer !== null) return say(`LLM response: ${answer}`);
      return inputRequired({ inputRequests: { model: askModel(String(args.prompt)) } });
    }
    case 'test_elicitation': {
      const properties = { username: { type: 'string' as const }, email: { type: 'string' as const } };
      const requestedSchema = { type: 'object' as const, properties, required: ['username', 'email'] };
      const request = inputRequired.elicit({ message: String(args.message), requestedSchema });
      return askOnce(answers, request, 'User response');
    }
    case 'test_elicitation_sep1034_defaults':
      return askOnce(answers, defaultsForm, 'Elicitation completed');
    case 'test_elicitation_sep1330_enums':
      return askOnce(answers, enumsForm, 'Elicitation completed');
    case 'test_streaming_elicitation':
      return askOnce(answers, askForm('Shall it go on?', 'ok', 'boolean'), 'Streamed');
    case 'test_missing_capability':
      if (capabilities.sampling) return say('The sampling capability is there.');
      throw new MissingRequiredClientCapabilityError({ requiredCapabilities: { sampling: {} } });
    case 'test_input_required_result_elicitation': {
      const user = acceptedContent(answers, 'user_name')?.name;
      if (user !== undefined) return say(`Hello, ${user}!`);
      return inputRequired({ inputRequests: { user_name: askForm('What is your name?', 'name') } });
    }
    case 'test_input_required_result_sampling': {
      const answer = modelText(answers, 'capital_question');
      if (answer !== null) return say(answer);
      return inputRequired({ inputRequests: { capital_question: askModel('What is the capital of France?') } });
    }
    case 'test_input_required_result_list_roots': {
      const uris = rootUris(answers, 'client_roots');
      if (uris !== null) return say(`Roots: ${uris.join(' ')}`);
      return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
    }
    case 'test_input_required_result_request_state':
    case 'test_input_required_result_tampered_state':
      return await askWithState(name, answers, context);
    case 'test_input_required_result_multiple_inputs':
      return await askThreeThings(name, answers);
    case 'test_input_required_result_multi_round':
      return await askTwice(name, answers, context);
    case 'test_input_required_result_capabilities':
      return askWhatIsDeclared(answers, capabilities);
    default:
      return null;
  }
}

/** The prompt that asks for its context first. */
export function askingPromptResult(context: ServerContext): GetPromptResult | InputRequiredResult {
  const answer = acceptedContent(context.mcpReq.inputResponses, 'user_context')?.context;
  if (answer === undefined) {
    return inputRequired({
      inputRequests: { user_context: askForm('What context should the prompt use?', 'context') },
    });
  }
  return { messages: [{ role: 'user', content: { type: 'text', text: `Use this context: ${answer}` } }] };
}
