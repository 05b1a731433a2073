import type { WriteRecord } from '../../../local/azure/contract';
import type { NsgState } from '../../../local/azure/resourceManager/nsgState';
import type {
  NamedRule,
  SecurityRuleProperties,
} from '../../../local/azure/resourceManager/securityRule';
import type { LocalAzure } from '../../../local/localAzure';
import type { LogLine } from '../../support/simulatedAzure';
import type { SimulatedClock } from '../clock';
import type { Call } from '../http/call';
import { isOurs } from '../night/watch';
import type { EstateStore } from '../../../local/azure/resourceManager/estateStore';
import type {
  Accepted,
  Addresses,
  History,
  Line,
  NsgListed,
  NsgLook,
  SentPut,
  Stay,
  Taken,
  Written,
} from './history';

/** Looks at the estate after every write and remembers what stood there, and how long. */
export type EstateWatch = {
  begin(azure: LocalAzure, clock: SimulatedClock): void;
  onWrite(record: WriteRecord): void;
  onLine(line: LogLine, atMs: number): void;
  onSweeperLine(line: LogLine, atMs: number): void;
  onLook(look: NsgLook): void;
  onPut(put: SentPut): void;
  onList(list: NsgListed): void;
  onTaken(body: string, atMs: number): void;
  onAccepted(wish: Accepted): void;
  onAskedToClose(windowId: string): void;
  onCall(call: Call): void;
  /** The app took an event that nobody can read. */
  onMalformed(): void;
  /** Now all should be at rest: nothing in the ledger is still to be done. */
  rest(ledger: NonNullable<History['ledgerAtRest']>): void;
  /** Until now nothing should have been written since. */
  quiet(): void;
  history(): History;
};

const own = (name: string): boolean => /^postern-/i.test(name);

/** A watch that has seen nothing yet. */
export function watchEstate(): EstateWatch {
  let azure: LocalAzure | undefined;
  let clock: SimulatedClock | undefined;
  const stays: Stay[] = [];
  const open = new Map<string, Stay>();
  const foreign = new Map<string, string>();
  const foreignChanges: string[] = [];
  let foreignEdits = 0;
  let malformed = 0;
  const lines: Line[] = [];
  const sweeperLines: Line[] = [];
  const looks: NsgLook[] = [];
  const puts: SentPut[] = [];
  const lists: NsgListed[] = [];
  const taken: Taken[] = [];
  const accepted: Accepted[] = [];
  const askedToClose: string[] = [];
  const calls: Call[] = [];
  const addresses: Addresses[] = [];
  let standingAtRest: string[] | null = null;
  let ledgerAtRest: History['ledgerAtRest'] = null;
  let writtenAtRest = 0;
  let quietWrites: string[] = [];

  const need = (): LocalAzure => {
    if (azure === undefined) throw new Error('The watch has not begun.');
    return azure;
  };

  const noteStays = (nsg: NsgState, by: Stay['by']): void => {
    const nowMs = clock?.now() ?? 0;
    const key = (name: string): string => `${nsg.id}|${name}`.toLowerCase();
    for (const [at, stay] of open) {
      if (!at.startsWith(`${nsg.id}|`.toLowerCase())) continue;
      const now = nsg.effective.get(stay.name.toLowerCase());
      if (now !== undefined && now.properties === stay.properties) continue;
      stay.toMs = nowMs;
      open.delete(at);
    }
    for (const { name, properties } of nsg.effective.values()) {
      if (!own(name) || open.has(key(name))) continue;
      const stay: Stay = { nsgId: nsg.id, name, properties, fromMs: nowMs, toMs: null, by };
      open.set(key(name), stay);
      stays.push(stay);
    }
  };

  const noteForeign = (nsg: NsgState, record: WriteRecord): void => {
    const now = foreignOf(nsg);
    const before = foreign.get(nsg.id);
    if (record.caller.kind === 'app' && before !== undefined && before !== now) {
      foreignChanges.push(
        `${record.method} ${record.path} changed what is not ours in ${nsg.name}.`,
      );
    }
    if (record.caller.kind !== 'app') foreignEdits += 1;
    foreign.set(nsg.id, now);
  };

  return {
    begin: (given, itsClock) => {
      azure = given;
      clock = itsClock;
      for (const nsg of given.resourceManager.estate.nsgs.values()) {
        foreign.set(nsg.id, foreignOf(nsg));
      }
      const { estate } = given.resourceManager;
      const note = (): void => {
        addresses.push({ atMs: itsClock.now(), held: heldIn(estate) });
      };
      note();
      estate.onChange(({ kind }) => {
        if (kind === 'nic' || kind === 'vm') note();
      });
    },
    onWrite: (record) => {
      const id = record.path.replace(/\/securityRules\/[^/]+$/i, '').toLowerCase();
      const nsg = need().resourceManager.estate.nsgs.get(id);
      if (nsg === undefined) return;
      noteStays(nsg, record.caller.kind === 'app' ? 'app' : 'others');
      noteForeign(nsg, record);
    },
    onLine: (line, atMs) => {
      lines.push({ atMs, fields: line });
    },
    onSweeperLine: (line, atMs) => {
      sweeperLines.push({ atMs, fields: line });
    },
    onLook: (look) => {
      looks.push(look);
    },
    onPut: (put) => {
      puts.push(put);
    },
    onList: (list) => {
      lists.push(list);
    },
    onTaken: (body, atMs) => {
      taken.push(...takenIn(body, atMs));
    },
    onMalformed: () => {
      malformed += 1;
    },
    onAccepted: (wish) => {
      accepted.push(wish);
    },
    onAskedToClose: (windowId) => {
      askedToClose.push(windowId);
    },
    onCall: (call) => {
      calls.push(call);
    },
    rest: (ledger) => {
      ledgerAtRest = ledger;
      standingAtRest = [...open.values()].map(({ nsgId, name }) => `${nsgId}/${name}`);
      writtenAtRest = need().resourceManager.writeLog.records.length;
    },
    quiet: () => {
      quietWrites = need()
        .resourceManager.writeLog.records.slice(writtenAtRest)
        .filter((record) => record.caller.kind === 'app' && !isOurs(record))
        .map(({ method, path, at }) => `${at} ${method} ${path}`);
    },
    history: () => ({
      stays,
      addresses,
      writes: need()
        .resourceManager.writeLog.records.filter((record) => !isOurs(record))
        .map(writtenOf),
      looks,
      puts,
      lists,
      foreignChanges,
      foreignEdits,
      lines,
      sweeperLines,
      taken,
      accepted,
      askedToClose,
      calls,
      malformed,
      standingAtRest,
      ledgerAtRest,
      quietWrites,
    }),
  };
}

/** Everything of an NSG that is not a rule called ours, as one text. */
function foreignOf({ rules, tags, location, flushConnection }: NsgState): string {
  const others = [...rules.values()]
    .filter(({ name }) => !own(name))
    .map(({ name, properties }) => ({ name, properties }));
  return JSON.stringify({ others, tags, location, flushConnection });
}

function heldIn({ vms, nics }: EstateStore): Map<string, string[]> {
  const held = new Map<string, string[]>();
  for (const nic of nics.values()) {
    const vmId = nic.virtualMachineId?.toLowerCase() ?? '';
    if (!vms.has(vmId)) continue;
    const addresses = nic.ipConfigurations.map((one) => one.privateIPAddress ?? '');
    held.set(vmId, [...(held.get(vmId) ?? []), ...addresses]);
  }
  return held;
}

function writtenOf(record: WriteRecord): Written {
  const { at, caller, method, path, status, outcome, effectiveAt, before, after } = record;
  return {
    atMs: Date.parse(at),
    by: caller.kind === 'app' ? 'app' : 'others',
    method,
    path,
    status,
    outcome: outcome ?? null,
    effectiveAtMs: effectiveAt === undefined ? null : Date.parse(effectiveAt),
    properties: propertiesOf(after),
    existed: before !== null && before !== undefined,
  };
}

function propertiesOf(after: unknown): SecurityRuleProperties | null {
  if (typeof after !== 'object' || after === null || !('properties' in after)) return null;
  return (after as NamedRule).properties;
}

/** The events in a body that was answered 2xx. */
function takenIn(body: string, atMs: number): Taken[] {
  const parsed: unknown = JSON.parse(body);
  const events = Array.isArray(parsed) ? parsed : [parsed];
  return events.flatMap((event: unknown) => {
    if (typeof event !== 'object' || event === null) return [];
    type Event = { id?: unknown; data?: { operationName?: unknown; resourceUri?: unknown } };
    const { id, data } = event as Event;
    const operation = data?.operationName;
    const resource = String(data?.resourceUri).toLowerCase();
    return typeof id === 'string' && typeof operation === 'string'
      ? [{ atMs, eventId: id, operation, resource }]
      : [];
  });
}
