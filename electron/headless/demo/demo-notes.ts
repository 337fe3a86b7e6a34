/** What one call of a demo tool gives back. */
export interface DemoResult {
  text: string;
  isError?: boolean;
}
export interface DemoTool {
  name: string;
  title: string;
  description: string;
  inputSchema: {
    type: 'object';
    properties: Record<string, { type: 'string'; description: string }>;
    required: string[];
  };
  annotations: { readOnlyHint: boolean; destructiveHint?: boolean; openWorldHint?: boolean };
  run(values: Record<string, string>): DemoResult;
}

const note = { type: 'string', description: 'Name of the note' } as const;

/** The tools of a made-up notebook that lives in memory. The mail tool sends nothing. */
export function createDemoTools(): DemoTool[] {
  const notes = new Map([
    ['welcome', 'This notebook belongs to the ScopeGate demo. Nothing in it is real.'],
    ['shopping', 'Oat milk, rye bread, apples.'],
    ['trip', 'Train at 09:12, platform 4. Hotel booked until Sunday.'],
  ]);
  const missing = (name: string): DemoResult => ({ text: `There is no note called ${name}.`, isError: true });
  return [
    {
      name: 'list_notes',
      title: 'List notes',
      description: 'Lists the names of all notes.',
      inputSchema: { type: 'object', properties: {}, required: [] },
      annotations: { readOnlyHint: true },
      run: () => ({ text: [...notes.keys()].sort().join('\n') }),
    },
    {
      name: 'read_note',
      title: 'Read a note',
      description: 'Returns the text of one note.',
      inputSchema: { type: 'object', properties: { name: note }, required: ['name'] },
      annotations: { readOnlyHint: true },
      run: ({ name = '' }) => {
        const text = notes.get(name);
        return text === undefined ? missing(name) : { text };
      },
    },
    {
      name: 'write_note',
      title: 'Write a note',
      description: 'Creates a note or replaces its text.',
      inputSchema: {
        type: 'object',
        properties: { name: note, text: { type: 'string', description: 'The whole new text' } },
        required: ['name', 'text'],
      },
      annotations: { readOnlyHint: false, destructiveHint: false },
      run: ({ name = '', text = '' }) => {
        notes.set(name, text);
        return { text: `Saved ${name}, ${text.length} characters.` };
      },
    },
    {
      name: 'delete_note',
      title: 'Delete a note',
      description: 'Deletes one note for good.',
      inputSchema: { type: 'object', properties: { name: note }, required: ['name'] },
      annotations: { readOnlyHint: false, destructiveHint: true },
      run: ({ name = '' }) => (notes.delete(name) ? { text: `Deleted ${name}.` } : missing(name)),
    },
    {
      name: 'send_mail',
      title: 'Send mail',
      description: 'Sends a note by mail. In this demo nothing is sent.',
      inputSchema: {
        type: 'object',
        properties: { to: { type: 'string', description: 'Mail address' }, note },
        required: ['to', 'note'],
      },
      annotations: { readOnlyHint: false, openWorldHint: true },
      run: ({ to = '', note: name = '' }) => ({ text: `Pretended to send ${name} to ${to}.` }),
    },
  ];
}
