import { generateKeyPairSync } from 'node:crypto';
import { advanceWindow } from '../../functions/activities/advanceWindow';
import { createSigner } from '../../shared/azure/signer';
import { createVerifier } from '../../shared/azure/verifier';
import type { Grant } from '../../shared/domain/grant';
import { windowIdOf } from '../../shared/domain/identity';
import type { Policy } from '../../shared/domain/policy/policy';
import type { SecurityRule } from '../../shared/domain/networkSecurityGroup';
import { windowPhase } from '../../shared/domain/window/phase';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import { createDeleteTimes } from '../../shared/deleteTimes';
import { createLedgerMemory } from '../../shared/ledgerMemory';
import type { Instance } from '../../shared/ports/directory';
import type { LogFields } from '../../shared/ports/log';
import type { Look } from '../../shared/ports/starter';
import type { World } from '../../shared/ports/world';
import { freeBudget } from './freeBudget';
import { createFakeNetwork, createTime, type FakeNetwork, type Time } from './fakeNetwork';

export const subscription = '/subscriptions/11111111-1111-4111-8111-111111111111';
const network = `${subscription}/resourceGroups/rg-app/providers/Microsoft.Network`;
export const nsgId = (name: string): string => `${network}/networkSecurityGroups/${name}`;
export const nicIdOf = (name: string): string => `${network}/networkInterfaces/${name}`;
export const subnetIdOf = (name: string, vnet = 'vnet-1'): string =>
  `${network}/virtualNetworks/${vnet}/subnets/${name}`;
export const vmIdOf = (name: string): string =>
  `${subscription}/resourceGroups/rg-app/providers/Microsoft.Compute/virtualMachines/${name}`;

export const nsgSubnet = nsgId('nsg-subnet');
export const nsgNic = nsgId('nsg-nic');
export const assignment = `${subscription}/providers/Microsoft.Authorization/roleAssignments/55555555-5555-4555-8555-555555555555`;

export const minute = 60_000;
export const limits = {
  guardMs: 3 * minute,
  leadMs: 2 * minute,
  settleMs: 2 * minute,
  shortestMs: minute,
};

/** A policy that lets windows of this world stand open for three hours. */
export const policy: Policy = {
  version: 'v1',
  limits,
  longestMs: 180 * minute,
  band: { from: 200, to: 899 },
  optInTag: null,
  caps: { vmsPerActivation: 10, windowsPerPerson: 3, windows: 50 },
  minimumPrefix: { ipv4: 32, ipv6: 128 },
  locks: 'refuse',
  allow: [
    {
      name: 'operators',
      roles: ['1c0163c0-47e6-4577-8991-ea5c82e286e4'],
      scopes: [subscription],
      persons: [],
      portSets: [{ protocol: 'Tcp', ports: ['22', '3389'] }],
      longestMs: null,
      sources: { ranges: [], fromActivation: { within: ['203.0.113.0/24'] } },
    },
  ],
  deny: [],
};

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
export const signer = createSigner(privateKey, 1);
export const verifier = createVerifier(new Map([[1, publicKey]]));
/** A key that the app does not know. */
export const foreignSigner = createSigner(generateKeyPairSync('ed25519').privateKey, 1);

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
    network: fake,
    inventory: fake,
    activityLog: { listOn: async () => [] },
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

export function grantOf(time: Time, changes: Partial<Grant> = {}): Grant {
  const startAt = time.now - 10_000;
  const endAt = startAt + 120 * minute;
  return {
    origin: {
      kind: 'activation',
      roleAssignmentId: assignment,
      scope: subscription,
      roleDefinitionGuid: '1c0163c0-47e6-4577-8991-ea5c82e286e4',
      principalId: '33333333-3333-4333-8333-333333333333',
      startAt,
      endAt,
    },
    person: { objectId: '33333333-3333-4333-8333-333333333333', name: 'Ada', mail: '' },
    reason: '',
    ticket: '',
    policyVersion: 'v1',
    policyRule: 'operators',
    source: { prefixes: ['203.0.113.10/32'], wonBy: 'address of the activation request' },
    portSets: [{ protocol: 'Tcp', ports: ['22', '3389'] }],
    targets: [targetOf('vm-1')],
    refusedTargets: [],
    untilAt: endAt,
    limits,
    band: { from: 200, to: 899 },
    locks: 'refuse',
    ...changes,
  };
}

export function targetOf(name: string): Grant['targets'][number] {
  return {
    vmId: vmIdOf(name),
    vmGuid: `guid-${name}`,
    name,
    powerState: 'PowerState/running',
    nicIds: [nicIdOf(`nic-${name}`)],
  };
}

/** The row of a window that was granted just now. */
export function rowOf(time: Time, grant: Grant): WindowRow {
  return {
    schema: 1,
    id: windowIdOf(grant.origin),
    grant,
    createdAt: time.now,
    generation: 0,
    until: null,
    wantedUntil: grant.untilAt,
    endLookAt: null,
    wish: 'open',
    closeReason: null,
    closingAt: null,
    nextLook: time.now,
    plans: 0,
    placements: [],
    refusals: grant.refusedTargets,
    endHintAt: null,
    openFrom: null,
    closeFrom: null,
    concludedAt: null,
  };
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

/** A rule of somebody else. */
export function foreignRule(changes: Partial<SecurityRule> = {}): SecurityRule {
  return {
    name: 'somebody',
    priority: 300,
    direction: 'Inbound',
    access: 'Allow',
    protocol: 'Tcp',
    sources: ['198.51.100.0/24'],
    sourceAsgIds: [],
    sourcePorts: ['*'],
    destinations: ['*'],
    destinationAsgIds: [],
    destinationPorts: ['443'],
    description: '',
    ...changes,
  };
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
