import { HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { asCaller } from '../../functions/http/asCaller';
import { routes } from '../../functions/http/routes';
import { subscriptionId, vmId } from '../../local/estate';
import { administratorLogin, colleagues, ownerAssignment, people } from '../../local/tenant';
import { hashId } from '../../shared/domain/identity';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import type { World } from '../../shared/ports/world';
import type { Simulation } from '../support/simulatedAzure';
import { starterOf } from '../support/starterOf';
import { createTokenBook } from '../simulation/http/callers';
import { ownCallers } from '../simulation/http/ownCallers';
import { installVirtualTime, type VirtualTime } from '../virtualTime';
import { createDoor, type Door } from './door';
import { oneVmTwoNsgs } from './layouts';
import { startAt, startProduct } from './playWindows';

/** One kind of call, ready to be sent as often as one likes; answers its status. */
export type SendCall = () => Promise<number>;

/** The API over a ledger with so many open windows, on a clock that stands still. */
export type ApiStage = {
  readonly calls: {
    readonly listAll: SendCall;
    readonly listOwn: SendCall;
    readonly dryRun: SendCall;
  };
  /** How many windows a caller is told of, page by page. */
  listed(by: 'administrator' | 'owner'): Promise<number>;
  /** Takes the last window away, so that there is room for the one that is asked for. */
  makeRoom(): Promise<void>;
  readonly door: Door;
  close(): Promise<void>;
};

/** As many windows of one person as policy lets one have at most. */
const windowsPerPerson = 100;
const vm = 'vm-app-01';

/** Builds it: one window is opened for real, the others are its row under other ids and people. */
export async function openApiStage(windows: number): Promise<ApiStage> {
  const time = installVirtualTime(startAt);
  const door = createDoor();
  let built: World | undefined;
  const simulation = await startProduct(oneVmTwoNsgs, {
    resourceManager: { isThrottled: false },
    standing: [ownerAssignment(subscriptionId)],
    callers: ownCallers,
    onAnswer: door.onAnswer,
    wrapWorld: (world) => (built = world),
  });
  if (built === undefined) throw new Error('The simulation built no world.');
  const world = built;
  const row = await openOne(simulation, time);
  await copyRow(world, row, windows);
  // Whoever asks beforehand has an active role of their own, and no window yet.
  activate(simulation, people.ben.objectId);
  await time.pass(2_000);
  await withoutOwnWindow(world, people.ben.objectId);
  door.forget();
  const { send, listed } = callsOf(simulation, world);
  return {
    calls: {
      listAll: () => send('listWindows', colleagues.dora),
      listOwn: () => send('listWindows', people.ada),
      dryRun: () => send('requestWindow', people.ben),
    },
    listed: (by) => listed(by === 'owner' ? people.ada : colleagues.dora),
    makeRoom: () => withRoom(world, windows),
    door,
    close: async () => {
      door.close();
      await simulation.close();
      time.uninstall();
    },
  };
}

function activate({ azure }: Simulation, person: string): void {
  const durationMs = 4 * 3_600_000;
  azure.pim.activate({ person, role: administratorLogin, scope: vmId(vm), durationMs });
}

async function openOne(simulation: Simulation, time: VirtualTime): Promise<WindowRow> {
  activate(simulation, people.ada.objectId);
  await time.passUntil(() => simulation.logged('rule.open').length === 2, 120_000);
  const [stored] = await simulation.ledger().windows.list();
  if (stored === undefined) throw new Error('No window opened.');
  return stored.row;
}

/**
 * The first hundred belong to whoever opened the one, the next to somebody else, and so on. Each
 * stands on NSGs of its own and ends some seconds before the one before it: all at once on the same
 * two would be no calendar that lets anybody in.
 */
async function copyRow({ ledger }: World, row: WindowRow, windows: number): Promise<void> {
  const live = await ledger.live.get(row.id);
  if (live === null) throw new Error('The window has no live row.');
  for (let at = 1; at < windows; at++) {
    const id = hashId(`copy|${at}`);
    const group = Math.floor(at / windowsPerPerson);
    const objectId = group === 0 ? row.grant.person.objectId : guidOf(group);
    const earlierMs = at * apartMs;
    await ledger.live.insert(
      onOwnNsgs({ ...live.row, id, personId: objectId, until: live.row.until - earlierMs }, at),
    );
    const person = { ...row.grant.person, objectId };
    const copy = {
      ...row,
      id,
      grant: { ...row.grant, person },
      createdAt: row.createdAt - earlierMs,
      until: (row.until ?? 0) - earlierMs,
      wantedUntil: row.wantedUntil - earlierMs,
    };
    await ledger.windows.insert(onOwnNsgs(copy, at));
  }
}

const apartMs = 5_000;

function guidOf(number: number): string {
  return `44444444-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

/** The same with the names of NSGs made the copy's own. */
function onOwnNsgs<Row>(row: Row, at: number): Row {
  const text = JSON.stringify(row).replaceAll(/(networkSecurityGroups\/[\w-]+)/gi, `$1-${at}`);
  return JSON.parse(text) as Row;
}

/** Policy allows a thousand windows: whoever asks needs one fewer to be there. */
async function withRoom({ ledger }: World, windows: number): Promise<void> {
  const stored = await ledger.live.get(hashId(`copy|${windows - 1}`));
  if (stored !== null) await ledger.live.remove(stored.row.id, stored.etag);
}

async function withoutOwnWindow({ ledger }: World, objectId: string): Promise<void> {
  for (const { row, etag } of await ledger.live.list()) {
    if (row.personId === objectId || row.kind === 'intake') await ledger.live.remove(row.id, etag);
  }
}

type Who = { readonly objectId: string; readonly upn: string; readonly ipAddress: string };

function callsOf(simulation: Simulation, world: World) {
  const tokens = createTokenBook(simulation.azure);
  const starter = starterOf(simulation);
  // How often a caller may call is another question than how fast an answer is.
  const limits = { waitMs: () => 0 };
  const answer = (name: string, who: Who, query = ''): Promise<HttpResponseInit> => {
    const route = routes.find((one) => one.name === name);
    if (route === undefined) throw new Error(`There is no route ${name}.`);
    const { kind, make, method } = route;
    const handler = asCaller(
      world,
      limits,
      kind,
      make(world, () => starter),
    );
    const context = { functionName: name } as InvocationContext;
    return handler(requestOf(method, who, query), context) as Promise<HttpResponseInit>;
  };
  const requestOf = (method: string, who: Who, query: string): HttpRequest => {
    const isAsked = method === 'POST';
    return new HttpRequest({
      method,
      url: `https://app.example/api/windows${isAsked ? '?dryRun=true' : query}`,
      headers: {
        authorization: `Bearer ${tokens.of({ ...who, name: who.upn, address: '' })}`,
        'x-ms-client-principal-id': who.objectId,
        'x-forwarded-for': `${who.ipAddress}:40000`,
        ...(isAsked ? { 'idempotency-key': 'bench' } : {}),
      },
      ...(isAsked
        ? { body: { string: JSON.stringify({ vms: [vm], duration: '1h', reason: 'Bench' }) } }
        : {}),
    });
  };
  return {
    /** The answer is turned into text as well: that is the host's to do, and part of its price. */
    send: async (name: string, who: Who): Promise<number> => {
      const { status = 200, jsonBody } = await answer(name, who);
      if (JSON.stringify(jsonBody).length === 0) throw new Error('Nothing was answered.');
      // What was logged is no part of what is measured.
      simulation.logs.length = 0;
      return status;
    },
    listed: async (who: Who): Promise<number> => {
      let count = 0;
      let query = '?limit=200';
      for (;;) {
        const { jsonBody } = await answer('listWindows', who, query);
        const page = jsonBody as { windows: unknown[]; next: string | null };
        count += page.windows.length;
        if (page.next === null) return count;
        query = page.next.slice(page.next.indexOf('?'));
      }
    },
  };
}
