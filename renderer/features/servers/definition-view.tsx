import { Fragment } from 'react';
import type { ServerTool } from '../../../electron/shared/index.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { RawLines } from '../../ui/raw-lines.tsx';
import { describeSchema, isObject, type Json, type SchemaLine } from './describe-schema.ts';

/** A tool as its server describes it: description, inputs, annotations, in a well of its own. */
export function DefinitionView({ tool }: { tool: ServerTool }) {
  const definition: Json = tool.definition;
  const schema = isObject(definition) ? definition.inputSchema : undefined;
  const annotations = isObject(definition) && isObject(definition.annotations) ? definition.annotations : {};
  return (
    <div className="well def">
      <div className="lab">Description, server’s own words</div>
      <p className="def-text">
        {tool.description === null || tool.description === '' ? (
          <span className="t3">none</span>
        ) : (
          <RawLines text={tool.description} />
        )}
      </p>
      <div className="lab">Inputs</div>
      <SchemaTree lines={describeSchema(schema)} />
      {Object.keys(annotations).length > 0 && (
        <>
          <div className="lab">Annotations, the server’s claims</div>
          <p className="mono">
            {Object.entries(annotations)
              .map(([key, value]) => `${makeVisibleLine(key)}: ${makeVisibleLine(JSON.stringify(value))}`)
              .join(', ')}
          </p>
        </>
      )}
    </div>
  );
}

function SchemaTree({ lines }: { lines: readonly SchemaLine[] }) {
  if (lines.length === 0) return <p className="t3">none</p>;
  return (
    <dl className="tree">
      {numbered(lines).map(({ key, line }) => (
        <Fragment key={key}>
          <dt data-depth={line.depth}>{makeVisibleLine(line.name)}</dt>
          <dd>
            {makeVisibleLine(line.type)}
            {line.description !== '' && (
              <span className="def-note">
                <RawLines text={line.description} />
              </span>
            )}
          </dd>
        </Fragment>
      ))}
    </dl>
  );
}

/** Lines with a key of their own, as the same name may stand in two objects. */
function numbered(lines: readonly SchemaLine[]): { key: number; line: SchemaLine }[] {
  return lines.map((line, key) => ({ key, line }));
}
