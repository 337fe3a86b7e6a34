import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { BesideServer, BridgeParams, BridgeResult, ClientConnection, ClientView } from '../../shared/index.ts';
import { BridgeFault } from '../faults.ts';
import { undoChange, writeAtomic, writeChange } from './change-file.ts';
import { chooseFile, findClient, isInstalled, listFiles, readClientFile } from './client-files.ts';
import { type ClientRecords, type ConnectionRecord, readRecords, writeRecords } from './client-records.ts';
import { clientTable } from './client-table.ts';
import { encodeConfig, refuse } from './config-file.ts';
import { editPlan, helperEntry, planConnect, previewConnect, requireUrl, tokenFileOf } from './connect-client.ts';
import type { ClientWorld } from './contract.ts';
import { importServers, readClient } from './import-servers.ts';
import type { EntryTarget } from './make-entry.ts';
import { describeTransport, isOwnEntry } from './read-servers.ts';
import { type FileWatch, watchFiles } from './watch-files.ts';

/** How often a newly connected agent is looked for, and for how long. Milliseconds. */
const lookMs = 500;
const waitMs = 30 * 60_000;

/**
 * Everything about other programs' settings: what is there, what was read from it, what was written into it. One thing
 * at a time, so that no two writes meet.
 */
export class ClientDesk {
  readonly #world: ClientWorld;
  readonly #watch: FileWatch;
  readonly #beside = new Map<string, BesideServer[]>();
  readonly #records: Promise<ClientRecords>;
  #last: Promise<unknown>;
  #isClosed = false;
  #waiting: ReturnType<typeof setInterval> | null = null;

  constructor(world: ClientWorld, pollMs?: number) {
    this.#world = world;
    this.#watch = watchFiles((file) => void this.#inTurn(() => this.#lookBeside(file)).catch(() => {}), pollMs);
    this.#records = readRecords(world.dataDir, world.log);
    this.#last = this.#inTurn(() => this.#lookAtAll()).catch(() => {});
  }

  async list(): Promise<BridgeResult<'clients.list'>> {
    const records = await this.#records;
    const clients = await Promise.all(clientTable.map((kind) => this.#view(kind.id, records)));
    return { clients, beside: [...this.#beside.values()].flat(), hasVault: this.#world.keeper !== null };
  }

  async read(chosen: BridgeParams<'clients.read'>): Promise<BridgeResult<'clients.read'>> {
    const { files, servers, own } = await readClient(this.#world, chosen);
    return { files, servers, own };
  }

  import(params: BridgeParams<'clients.import'>): Promise<BridgeResult<'clients.import'>> {
    return this.#inTurn(async () => {
      const { added, failed, read } = await importServers(this.#world, params);
      for (const { file, config, entries } of read) {
        if (config.bytes !== null && added.length > 0) {
          const known = entries.map(({ key }) => key);
          await this.#follow({ file, clientId: params.clientId, project: params.project, known });
        }
      }
      return { added, failed };
    });
  }

  preview(choice: BridgeParams<'clients.preview'>) {
    return previewConnect(this.#world, choice);
  }

  connect(params: BridgeParams<'clients.connect'>) {
    return this.#inTurn(() => this.#connect(params));
  }

  undo(id: string): Promise<void> {
    return this.#inTurn(async () => {
      const records = await this.#records;
      const connection = records.connections.find((record) => record.id === id);
      if (!connection) throw new BridgeFault('not_found', 'This change was taken back already.');
      this.#world.record('client.disconnected', { client: connection.clientId, file: connection.file });
      await undoChange(connection, this.#world.places.home);
      if (connection.tokenFile !== null) await rm(connection.tokenFile, { force: true });
      if (connection.madeAgent && this.#world.agents.name(connection.agentId) !== null)
        this.#world.agents.remove(connection.agentId);
      records.connections = records.connections.filter((record) => record.id !== id);
      await this.#save(records);
      await this.#lookBeside(connection.file);
      this.#world.changed();
    });
  }

  dismiss(key: string): Promise<void> {
    return this.#inTurn(async () => {
      const records = await this.#records;
      for (const [file, servers] of this.#beside) {
        if (!servers.some((server) => server.key === key)) continue;
        records.watched.find((watched) => watched.file === file)?.known.push(key);
        await this.#save(records);
        await this.#lookBeside(file);
      }
    });
  }

  async isSetUp(): Promise<boolean> {
    return (await this.#records).isSetUp;
  }

  finishSetup(): Promise<void> {
    return this.#inTurn(async () => {
      const records = await this.#records;
      records.isSetUp = true;
      await this.#save(records);
    });
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#watch.close();
    if (this.#waiting !== null) clearInterval(this.#waiting);
    await this.#last;
  }

  async #connect(params: BridgeParams<'clients.connect'>) {
    const world = this.#world;
    const plan = await planConnect(world, params);
    const { file } = plan.config;
    if (plan.config.hash !== params.hash)
      throw refuse(file, 'it changed after it was shown', 'Look at the change again, then repeat this.');
    const url = requireUrl(world);
    // everything that can go wrong with the text does so before there is an agent
    editPlan(plan, { mode: plan.mode, url, token: '', command: '', args: [] } as EntryTarget);
    const records = await this.#records;
    const before = records.connections.find((record) => record.file === file && plan.replaces);
    const isOld = before !== undefined && world.agents.name(before.agentId) !== null;
    world.record('client.connected', { client: params.clientId, file, mode: plan.mode });
    const agent = isOld
      ? { id: before.agentId, token: world.agents.rotate(before.agentId) }
      : world.agents.create(params.agentName, params.defaultEffect);
    const id = randomUUID();
    const tokenFile = plan.mode === 'stdio' ? tokenFileOf(world, agent.id) : null;
    try {
      if (tokenFile !== null) await writeAtomic(tokenFile, Buffer.from(`${agent.token}\n`), 0o600);
      const target: EntryTarget =
        tokenFile === null
          ? { mode: 'http', url, token: agent.token }
          : { mode: 'stdio', ...helperEntry(world, url, tokenFile) };
      const bytes = encodeConfig(plan.config, editPlan(plan, target));
      const backups = path.join(world.dataDir, 'client-backups');
      const change = await writeChange(plan.config, bytes, { home: world.places.home, backups, id });
      const connection: ConnectionRecord = {
        ...{ ...change, id, clientId: params.clientId, project: params.project, agentId: agent.id },
        ...{ madeAgent: !isOld, at: world.now(), url, tokenFile },
      };
      await this.#forget(records, before);
      records.connections.push(connection);
      const known = plan.entries.map(({ key }) => key);
      await this.#follow({ file, clientId: params.clientId, project: params.project, known });
      this.#awaitFirst(agent.id, connection.at);
      world.changed();
      return { agentId: agent.id, connection: this.#viewConnection(connection), backup: change.backup };
    } catch (error) {
      if (tokenFile !== null) await rm(tokenFile, { force: true });
      if (!isOld) world.agents.remove(agent.id);
      throw error;
    }
  }

  /** Tells every window once the agent has been heard of; an agent without a session says so in no other way. */
  #awaitFirst(agentId: string, at: number): void {
    if (this.#waiting !== null) clearInterval(this.#waiting);
    const { agents, changed, now } = this.#world;
    this.#waiting = setInterval(() => {
      const isSeen = (agents.lastSeenAt(agentId) ?? 0) >= at;
      if (isSeen) changed();
      if ((isSeen || now() - at > waitMs) && this.#waiting !== null) clearInterval(this.#waiting);
    }, lookMs);
    this.#waiting.unref();
  }

  /** An older write can be taken back no more, so its copy of the file, with whatever is in it, goes. */
  async #forget(records: ClientRecords, before: ConnectionRecord | undefined): Promise<void> {
    if (before === undefined) return;
    records.connections = records.connections.filter((record) => record !== before);
    if (before.backup !== null) await rm(before.backup, { force: true });
  }

  async #follow(watched: ClientRecords['watched'][number]): Promise<void> {
    const records = await this.#records;
    records.watched = [...records.watched.filter(({ file }) => file !== watched.file), watched];
    await this.#save(records);
    this.#watch.follow(records.watched.map(({ file }) => file));
    await this.#lookBeside(watched.file);
  }

  async #lookAtAll(): Promise<void> {
    const { watched } = await this.#records;
    if (this.#isClosed) return;
    this.#watch.follow(watched.map(({ file }) => file));
    for (const { file } of watched) await this.#lookBeside(file);
  }

  /** A file that is broken at the moment is looked at again with its next change. */
  async #lookBeside(file: string): Promise<void> {
    const watched = (await this.#records).watched.find((record) => record.file === file);
    if (!watched || this.#isClosed) return;
    const kind = findClient(watched.clientId);
    const place = listFiles(kind, this.#world.places, watched.project).find((candidate) => candidate.file === file);
    const found = place ? await readClientFile(kind, place, this.#world.places).catch(() => null) : null;
    if (found === null) return;
    const beside = found.entries
      .filter((entry) => !watched.known.includes(entry.key) && !entry.isOff)
      .filter((entry) => entry.transport !== null && !isOwnEntry(entry, this.#world.mcpUrl()))
      .map(
        (entry): BesideServer => ({
          ...{ key: entry.key, clientId: kind.id, clientName: kind.name, file, project: watched.project },
          ...{ name: entry.name, target: describeTransport(entry.transport) },
        }),
      );
    const before = JSON.stringify(this.#beside.get(file) ?? []);
    this.#beside.set(file, beside);
    if (JSON.stringify(beside) !== before) this.#world.changed();
  }

  async #view(clientId: string, records: ClientRecords): Promise<ClientView> {
    const kind = findClient(clientId);
    const { places } = this.#world;
    const chosen = await chooseFile(kind, places, null);
    return {
      ...{ id: kind.id, name: kind.name, note: kind.note, afterwards: kind.afterwards },
      installed: await isInstalled(kind, places),
      file: chosen.file,
      hasFile: chosen.isThere,
      hasProjects: kind.files.some(({ scope }) => scope === 'project'),
      mode: kind.dialect.remote === null ? 'stdio' : 'http',
      connections: records.connections
        .filter((record) => record.clientId === kind.id && this.#world.agents.name(record.agentId) !== null)
        .map((record) => this.#viewConnection(record)),
    };
  }

  #viewConnection(record: ConnectionRecord): ClientConnection {
    const seen = this.#world.agents.lastSeenAt(record.agentId);
    const url = this.#world.mcpUrl();
    return {
      ...{ id: record.id, agentId: record.agentId, file: record.file, project: record.project, at: record.at },
      agentName: this.#world.agents.name(record.agentId) ?? '',
      seenAt: seen !== null && seen >= record.at ? seen : null,
      isMoved: url !== null && url !== record.url,
    };
  }

  async #save(records: ClientRecords): Promise<void> {
    await writeRecords(this.#world.dataDir, records);
  }

  /** Runs after everything that was begun before, whether that went well or not. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = (this.#last ?? Promise.resolve()).then(work, work);
    this.#last = turn.catch(() => {});
    return turn;
  }
}
