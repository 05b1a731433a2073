import { advanceWindow } from '../../functions/activities/advanceWindow';
import type { Grant } from '../../shared/domain/grant';
import type { SecurityRule } from '../../shared/domain/networkSecurityGroup';
import { windowPhase } from '../../shared/domain/window/phase';
import type { LiveRow } from '../../shared/domain/live';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import { createAudit } from '../../shared/audit/createAudit';
import { createChainStoreMemory } from '../../shared/auditMemory';
import { createDeleteTimes } from '../../shared/deleteTimes';
import { createLedgerMemory } from '../../shared/ledgerMemory';
import type { Instance } from '../../shared/ports/directory';
import type { LogFields } from '../../shared/ports/log';
import type { Look } from '../../shared/ports/starter';
import type { World } from '../../shared/ports/world';
import { freeBudget } from './freeBudget';
import {
  nicIdOf,
  subnetIdOf,
  vmIdOf,
  nsgSubnet,
  nsgNic,
  minute,
  policy,
  signer,
  verifier,
  grantOf,
  rowOf,
} from './grants';
import { createFakeNetwork, createTime, type FakeNetwork, type Time } from './fakeNetwork';

export * from './grants';

export type LogLine = {
  readonly level: 'info' | 'warn' | 'alarm';
  readonly event: string;
  readonly fields: LogFields;
};

export type TestWorld = World & {
  readonly time: Time;
  readonly network: FakeNetwork;
  readonly inventory: FakeNetwork;
  readonly lines: LogLine[];
  readonly instances: Instance[];
  /** Resource Manager's clock minus the host's. */
  skewMs: number;
  alarms(): string[];
};

/**
 * One VM behind two NSGs, one activation of two hours, and a window granted for it: row and live
 * row are in the ledger, nothing is planned.
 */
export function createTestWorld(changes: Partial<World> = {}): TestWorld {
  const time = createTime();
  const fake = createFakeNetwork(time);
  const lines: LogLine[] = [];
  const instances: Instance[] = [];
  const line =
    (level: LogLine['level']) =>
    (event: string, fields: LogFields): void => {
      lines.push({ level, event, fields });
    };
  const world: TestWorld = {
    clock: {
      now: () => time.now,
      skew: () => ({ skewMs: world.skewMs, measuredAt: time.now }),
      wait: async (ms) => {
        const until = time.now + ms;
        await Promise.resolve();
        time.moveTo(until);
      },
    },
    log: { info: line('info'), warn: line('warn'), alarm: line('alarm') },
    budget: freeBudget,
    ledger: createLedgerMemory(),
    audit: createAudit(createChainStoreMemory(), 'abc123', () => time.now),
    network: fake,
    inventory: fake,
    activityLog: { listOn: async () => [] },
    machines: { readMachine: async () => null },
    candidates: { listCandidates: async () => ({ candidates: [], strange: 0, next: null }) },
    compute: {
      readVm: async (id) => ({ id, vmGuid: `guid-${id.slice(id.lastIndexOf('/') + 1)}` }),
      listVms: async (groupId) =>
        Array.from({ length: 60 }, (_, index) => ({
          id: `${groupId}/providers/Microsoft.Compute/virtualMachines/vm-${index}`,
          vmGuid: `guid-vm-${index}`,
        })),
    },
    directory: {
      readRoleAssignment: async () => null,
      listInstances: async () => ({
        instances: [...instances],
        answeredAt: Math.floor((time.now + world.skewMs) / 1000) * 1000,
      }),
      listActive: async () => ({
        instances: [...instances],
        answeredAt: time.now,
        pages: 1,
        cut: false,
      }),
      readScheduleRequest: async () => null,
    },
    verifier,
    deleteTimes: createDeleteTimes(),
    deployment: 'abc123',
    sweepSchedule: '0 * * * * *',
    reconcileSchedule: '0 * * * * *',
    sweepPeriodMs: minute,
    sweep: { mode: 'close', scopes: [] },
    opening: { policy, signer, sweeper: 'none' },
    notAzure: [],
    api: { faults: ['not needed here'] },
    notices: { channels: [], schedule: '', linkBase: '' },
    remediation: null,
    ...changes,
    time,
    lines,
    instances,
    skewMs: 0,
    alarms: () => lines.filter(({ level }) => level === 'alarm').map(({ event }) => event),
  } as TestWorld;
  addNsg(fake, nsgSubnet);
  addNsg(fake, nsgNic);
  addVm(fake, 'vm-1', ['10.0.0.4'], { nsg: nsgNic, subnet: 'subnet-1', subnetNsg: nsgSubnet });
  return world;
}

export function addNsg(fake: FakeNetwork, id: string, rules: SecurityRule[] = []): void {
  const empty = { nicIds: [], subnetIds: [], stuckState: '', operations: [] };
  fake.nsgs.set(id.toLowerCase(), { id, rules, ...empty });
}

/** A VM with one network interface, attached to the NSGs it names. */
export function addVm(
  fake: FakeNetwork,
  name: string,
  addresses: readonly string[],
  at: { nsg?: string; subnet: string; subnetNsg?: string; vnet?: string },
): void {
  const subnetId = subnetIdOf(at.subnet, at.vnet);
  const nicId = nicIdOf(`nic-${name}`);
  fake.nics.set(nicId.toLowerCase(), {
    id: nicId,
    vmId: vmIdOf(name),
    nsgId: at.nsg ?? '',
    ipConfigurations: addresses.map((address) => ({ address, subnetId })),
  });
  fake.subnets.set(subnetId.toLowerCase(), at.subnetNsg ?? '');
  fake.nsgs.get((at.nsg ?? '').toLowerCase())?.nicIds.push(nicId);
  const subnetNsg = fake.nsgs.get((at.subnetNsg ?? '').toLowerCase());
  if (subnetNsg !== undefined && !subnetNsg.subnetIds.includes(subnetId)) {
    subnetNsg.subnetIds.push(subnetId);
  }
}

/** Puts a granted window into the ledger, and its activation into the directory. */
export async function grantWindow(
  world: TestWorld,
  changes: Partial<Grant> = {},
): Promise<WindowRow> {
  const grant = grantOf(world.time, changes);
  const row = rowOf(world.time, grant);
  const { origin } = grant;
  if (origin.kind === 'activation') world.instances.push(instanceOf(origin));
  await world.ledger.live.insert({
    id: row.id,
    kind: 'window',
    assignmentKey: '',
    personId: grant.person.objectId,
    nsgIds: [],
    guardMs: 0,
    closeFrom: null,
    closes: [],
    until: grant.untilAt,
    createdAt: world.time.now,
  });
  await world.ledger.windows.insert(row);
  return row;
}

function instanceOf(origin: Extract<Grant['origin'], { kind: 'activation' }>): Instance {
  return {
    assignmentType: 'Activated',
    originRoleAssignmentId: origin.roleAssignmentId,
    scope: origin.scope,
    roleDefinitionGuid: origin.roleDefinitionGuid,
    principalId: origin.principalId,
    principalType: 'User',
    memberType: 'Direct',
    startAt: origin.startAt,
    endAt: origin.endAt,
    scheduleName: '',
    principalName: 'Ada',
    principalMail: '',
  };
}

export async function readRow(world: TestWorld, id: string): Promise<WindowRow> {
  const stored = await world.ledger.windows.get(id);
  if (stored === null) throw new Error(`No window ${id}.`);
  return stored.row;
}

export async function readLive({ ledger }: TestWorld, id: string): Promise<LiveRow> {
  const stored = await ledger.live.get(id);
  if (stored === null) throw new Error(`No live row ${id}.`);
  return stored.row;
}

/** The fields of all lines of this name. */
export function said({ lines }: TestWorld, event: string): LogLine['fields'][] {
  return lines.filter((line) => line.event === event).map(({ fields }) => fields);
}

/**
 * What the sleeper does: step, sleep until the next look, step again; a step that throws is
 * followed by a short pause. Ends when the window is done or at `untilAt`.
 */
export async function live(
  world: TestWorld,
  id: string,
  untilAt: number,
  step: (id: string) => Promise<Look> = (windowId) => advanceWindow(world, { id: windowId }),
): Promise<Look> {
  let look: Look = { done: false, nextLook: '' };
  let turns = 0;
  while (world.time.now < untilAt && turns < 2_000) {
    turns += 1;
    try {
      look = await step(id);
    } catch {
      look = { done: false, nextLook: new Date(world.time.now + 15_000).toISOString() };
    }
    if (look.done) return look;
    world.time.moveTo(Math.min(untilAt, Math.max(world.time.now + 1, Date.parse(look.nextLook))));
  }
  return look;
}

/** The rules of ours that stand in an NSG now. */
export function standing(world: TestWorld, id: string): SecurityRule[] {
  return world.network.nsg(id).rules.filter(({ name }) => name.startsWith('postern-'));
}

/** A fresh world whose one window is open. */
export async function openedWindow(
  changes: Partial<Grant> = {},
): Promise<{ world: TestWorld; id: string; until: number }> {
  const world = createTestWorld();
  const { id, wantedUntil } = await grantWindow(world, changes);
  await live(world, id, world.time.now + minute);
  const phase = windowPhase(await readRow(world, id));
  if (phase !== 'open') throw new Error(`The window is ${phase}.`);
  return { world, id, until: wantedUntil };
}

/** What intake writes when the activation has ended early. */
export async function wishClosed(world: TestWorld, id: string): Promise<void> {
  const stored = await world.ledger.windows.get(id);
  if (stored === null) throw new Error('no row');
  const { row, etag } = stored;
  if (row.wish === 'closed') return;
  await world.ledger.windows.replace(
    {
      ...row,
      wish: 'closed',
      closeReason: 'deactivated',
      generation: row.generation + 1,
      nextLook: world.time.now,
    },
    etag,
  );
}
