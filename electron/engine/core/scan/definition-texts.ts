import type { JsonObject, JsonValue } from '../../wire/json-rpc.ts';

/** One string of a definition, and what part it plays. */
export interface DefinitionText {
  /** A JSON pointer; with `~` at its end the member's own name is meant. */
  path: string;
  text: string;
  /** `prose`: meant to be read; `name`: a name of a tool or member; `value`: a preset or a choice; `data`: everything else. */
  role: 'prose' | 'name' | 'value' | 'data';
  /** The input whose schema this text belongs to; null outside of inputs. */
  parameter: string | null;
}

export interface DefinitionTexts {
  texts: DefinitionText[];
  /** Depth and number of values, as far as they were walked. */
  depth: number;
  nodes: number;
  /** Not everything was walked: the definition is larger than the limits. */
  isCut: boolean;
}

const proseMembers = new Set([
  'description',
  'title',
  '$comment',
  'instructions',
  'summary',
  'markdownDescription',
  'text',
  'errorMessage',
  'help',
  'hint',
  'note',
  'notes',
  'deprecationMessage',
]);
const valueMembers = new Set([
  'default',
  'const',
  'enum',
  'examples',
  'example',
  'enumNames',
  'x-example',
  'suggestions',
]);
const maxDepth = 64;
const maxNodes = 20_000;
/** Of all strings together, in UTF-16 units. */
const maxText = 512 * 1024;

interface Place {
  value: JsonValue;
  path: string;
  role: DefinitionText['role'];
  parameter: string | null;
  depth: number;
}

/** Every string of a definition, names of members included, without recursion and within bounds. */
export function listTexts(definition: JsonObject): DefinitionTexts {
  const found: DefinitionTexts = { texts: [], depth: 0, nodes: 0, isCut: false };
  const waiting: Place[] = [{ value: definition, path: '', role: 'data', parameter: null, depth: 0 }];
  let size = 0;
  const take = (text: DefinitionText) => {
    size += text.text.length;
    if (size > maxText) found.isCut = true;
    const left = maxText - (size - text.text.length);
    if (left > 0 && text.text !== '') found.texts.push({ ...text, text: text.text.slice(0, left) });
  };
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    found.nodes += 1;
    found.depth = Math.max(found.depth, place.depth);
    if (found.nodes > maxNodes || place.depth > maxDepth) {
      found.isCut = true;
      if (found.nodes > maxNodes) break;
      continue;
    }
    const { value, path, role, parameter } = place;
    if (typeof value === 'string') take({ path, text: value, role, parameter });
    else if (typeof value === 'object' && value !== null) waiting.push(...membersOf(place, take));
  }
  return found;
}

function membersOf(place: Place, take: (text: DefinitionText) => void): Place[] {
  const { value, path, role, parameter } = place;
  const depth = place.depth + 1;
  if (Array.isArray(value))
    return value
      .slice(0, maxNodes)
      .map((item, index) => ({ value: item, path: `${path}/${index}`, role, parameter, depth }));
  if (typeof value !== 'object' || value === null) return [];
  const isProperties = /\/(?:properties|patternProperties|\$defs|definitions)$/.test(path);
  return Object.entries(value)
    .slice(0, maxNodes)
    .reverse()
    .map(([name, member]) => {
      const at = `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      take({
        path: `${at}~`,
        text: name,
        role: isProperties ? 'name' : 'data',
        parameter: isProperties ? name : parameter,
      });
      return {
        value: member,
        path: at,
        role: roleOf(name, member, isProperties, role),
        parameter: isProperties ? name : parameter,
        depth,
      };
    });
}

function roleOf(
  name: string,
  value: JsonValue,
  isProperty: boolean,
  inherited: DefinitionText['role'],
): DefinitionText['role'] {
  if (inherited === 'value') return 'value';
  if (isProperty) return 'data';
  if (valueMembers.has(name)) return 'value';
  if (typeof value === 'string' && proseMembers.has(name)) return 'prose';
  return 'data';
}
