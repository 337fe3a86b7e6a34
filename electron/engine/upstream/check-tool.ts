import type { JsonObject, JsonValue } from '../wire/json-rpc.ts';
import { isObject } from './messages.ts';

type Check = (value: JsonValue) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText);
const isObjects: Check = (value) => isObject(value) && Object.values(value).every(isObject);

const schemaMembers: Readonly<Record<string, Check>> = { properties: isObjects, required: isTexts };
const annotationMembers: Readonly<Record<string, Check>> = {
  title: isText,
  readOnlyHint: isFlag,
  destructiveHint: isFlag,
  idempotentHint: isFlag,
  openWorldHint: isFlag,
};
const iconMembers: Readonly<Record<string, Check>> = { src: isText, mimeType: isText, sizes: isTexts };

const isSchema: Check = (value) => isObject(value) && value.type === 'object' && fits(value, schemaMembers);
const isIcon: Check = (value) => isObject(value) && value.src !== undefined && fits(value, iconMembers);

const toolMembers: Readonly<Record<string, Check>> = {
  title: isText,
  description: isText,
  inputSchema: isSchema,
  outputSchema: isSchema,
  annotations: (value) => isObject(value) && fits(value, annotationMembers),
  icons: (value) => Array.isArray(value) && value.every(isIcon),
  execution: isObject,
  _meta: isObject,
};

/**
 * The member of a definition that is not as the protocol's `Tool` says (schema 2025-11-25), null when all are. Members the
 * protocol does not name may be anything. Clients check the whole list at once: one wrong definition of one server would
 * cost an agent the tools of all.
 */
export function findWrongMember(tool: JsonObject): string | null {
  if (tool.inputSchema === undefined) return 'inputSchema';
  for (const [name, isRight] of Object.entries(toolMembers)) {
    const value = tool[name];
    if (value !== undefined && !isRight(value)) return name;
  }
  return null;
}

function fits(value: JsonObject, members: Readonly<Record<string, Check>>): boolean {
  return Object.entries(members).every(([name, isRight]) => {
    const member = value[name];
    return member === undefined || isRight(member);
  });
}
