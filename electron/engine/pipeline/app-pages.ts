import { prefixUri } from '../core/resource-uris.ts';
import type { CatalogTool } from '../upstream/catalog.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';
import type { Route } from './resource-routes.ts';

/** The tools one agent sees, and their pages by the address it sees. */
export interface ShownApps {
  tools: CatalogTool[];
  apps: Map<string, Route>;
}

const scheme = 'ui://';
/** How the prefixed form begins: a server's own address that looks like it is prefixed too, so that it can be no other's. */
const prefixed = `${scheme}sg-`;
/** The older spelling of `_meta.ui.resourceUri`. */
const flatKey = 'ui/resourceUri';

/**
 * The pages (MCP Apps) of the tools one agent sees. An address stays as it is; where another server the agent sees has a
 * page or a listed resource of that address, the tool is listed with another one. It depends on nothing the agent does
 * not see. Only `ui://` addresses are pages: any other is reached by the lists.
 * @param tools what the agent sees, and nothing else
 * @param listedBy the server whose list showed the agent this address
 */
export function showApps(tools: readonly CatalogTool[], listedBy: (uri: string) => string | null): ShownApps {
  const apps = new Map<string, Route>();
  const shown = tools.map((tool) => {
    const { serverId } = tool;
    const uri = pageOf(tool.definition);
    if (uri === null) return tool;
    const holder = apps.get(uri)?.serverId ?? listedBy(uri) ?? serverId;
    const isClash = holder !== serverId || uri.startsWith(prefixed);
    const exposed = isClash ? prefixUri(serverId, uri) : uri;
    apps.set(exposed, { serverId, uri });
    return isClash ? withPage(tool, exposed) : tool;
  });
  return { tools: shown, apps };
}

function pageOf({ _meta }: JsonObject): string | null {
  if (!isObject(_meta)) return null;
  const uri = (isObject(_meta.ui) ? _meta.ui.resourceUri : undefined) ?? _meta[flatKey];
  return typeof uri === 'string' && uri.startsWith(scheme) ? uri : null;
}

function withPage(tool: CatalogTool, exposed: string): CatalogTool {
  const meta = isObject(tool.definition._meta) ? tool.definition._meta : {};
  const shown: JsonObject = { ...meta };
  if (isObject(meta.ui) && meta.ui.resourceUri !== undefined) shown.ui = { ...meta.ui, resourceUri: exposed };
  if (meta[flatKey] !== undefined) shown[flatKey] = exposed;
  return { ...tool, listed: JSON.stringify({ ...tool.definition, name: tool.exposedName, _meta: shown }) };
}
