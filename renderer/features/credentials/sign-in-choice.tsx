import { useState } from 'react';
import { useEngineStore } from '../../state/engine-context.tsx';
import { SelectMenu } from '../../ui/menu.tsx';
import { SignInSection } from '../servers/sign-in-section.tsx';

/** OAuth begins with a server: it says who signs people in. */
export function SignInChoice({ serverId }: { serverId: string | null }) {
  const servers = useEngineStore((state) => state.servers).filter(({ transport }) => transport.kind === 'http');
  const [chosen, setChosen] = useState(servers.some(({ id }) => id === serverId) ? serverId : null);
  const server = servers.find(({ id }) => id === chosen);
  if (servers.length === 0) {
    return <p className="t2">Add a server with a URL first. A server that is a program cannot be signed in to.</p>;
  }
  return (
    <>
      <div className="hs">
        <SelectMenu
          label="Server"
          value={chosen}
          placeholder="Choose a server"
          options={servers.map(({ id, name, transport }) => ({
            value: id,
            label: name,
            ...(transport.kind === 'http' ? { detail: new URL(transport.url).host } : {}),
          }))}
          onChange={setChosen}
        />
      </div>
      {server === undefined ? (
        <p className="t2">
          ScopeGate opens your browser at the server’s own sign-in service. What it gets is kept in the vault and
          renewed by itself.
        </p>
      ) : (
        <SignInSection server={server} />
      )}
    </>
  );
}
