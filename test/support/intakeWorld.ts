import { auditorsGroup, callersByName, operatorsGroup } from './callers';
import { Fault } from '../../shared/domain/fault';
import type { FaultKind } from '../../shared/domain/fault';
import { ownerRole, type Policy } from '../../shared/domain/policy/policy';
import type { ConnectFacts } from '../../shared/domain/connect/facts';
import { createAudit } from '../../shared/audit/createAudit';
import { createChainStoreMemory } from '../../shared/auditMemory';
import { freeBudget } from './freeBudget';
import { createDeleteTimes } from '../../shared/deleteTimes';
import { createLedgerMemory } from '../../shared/ledgerMemory';
import type { Instance, RoleAssignment, ScheduleRequest } from '../../shared/ports/directory';
import type { TargetRow } from '../../shared/ports/inventory';
import type { Ledger } from '../../shared/ports/ledger';
import type { Network } from '../../shared/ports/network';
import type { Look, SleeperInput, SleeperName, Starter } from '../../shared/ports/starter';
import type { World } from '../../shared/ports/world';
import { advanceIntake } from '../../functions/activities/advanceIntake';
import { receiveActivation } from '../../functions/events/receiveActivation';
import type { Received } from '../../functions/events/receiveActivation';

export const subscription = '/subscriptions/11111111-1111-4111-8111-111111111111';
export const group = `${subscription}/resourceGroups/rg-app`;
export const ada = '33333333-3333-4333-8333-333333333333';
export const assignmentName = '55555555-5555-4555-8555-555555555555';
export const requestName = '66666666-6666-4666-8666-666666666666';
export const administratorLogin = '1c0163c0-47e6-4577-8991-ea5c82e286e4';

/** Id of a role assignment. */
export function assignmentId(name = assignmentName, scope = group): string {
  return `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`;
}

/** A policy that lets Ada in from 203.0.113.0/24, or from a range if `ranges` names one. */
export function policyOf(changes: Partial<Policy> = {}): Policy {
  return {
    version: 'v1',
    limits: { guardMs: 40_000, leadMs: 10_000, settleMs: 10_000, shortestMs: 10_000 },
    longestMs: 3 * 3_600_000,
    band: { from: 200, to: 899 },
    optInTag: { name: 'postern', value: 'enabled' },
    caps: { vmsPerActivation: 10, windowsPerPerson: 3, windows: 50 },
    minimumPrefix: { ipv4: 32, ipv6: 128 },
    locks: 'refuse',
    overseers: { administratorRoles: [ownerRole], auditorGroups: [auditorsGroup] },
    operators: { groups: [operatorsGroup], people: [] },
    allow: [
      {
        name: 'operators',
        roles: [administratorLogin],
        scopes: [group.toLowerCase()],
        persons: [],
        portSets: [{ protocol: 'Tcp', ports: ['22', '3389'] }],
        longestMs: null,
        approval: null,
        sources: { ranges: [], fromActivation: { within: ['203.0.113.0/24'] } },
      },
    ],
    claims: [],
    deny: [],
    ...changes,
  };
}

/** A policy whose one allow rule differs. */
export function policyWithRule(changes: Partial<Policy['allow'][number]>): Policy {
  const policy = policyOf();
  return { ...policy, allow: policy.allow.map((rule) => ({ ...rule, ...changes })) };
}

/** The row of the index of one running VM that is opted in. */
export function vmRow(name: string, changes: Partial<TargetRow> = {}): TargetRow {
  const vmId = `${group}/providers/Microsoft.Compute/virtualMachines/${name}`;
  return {
    vmId,
    name,
    location: 'westeurope',
    tags: { postern: 'enabled' },
    powerState: 'PowerState/running',
    vmGuid: `guid-of-${name}`,
    osType: 'Windows',
    scaleSetId: '',
    nicId: `${group}/providers/Microsoft.Network/networkInterfaces/nic-${name}`,
    nicNsgId: '',
    subnetId: '',
    subnetNsgId: '',
    privateIp: '10.0.0.4',
    ...changes,
  };
}

/**
 * What the app sees of Azure and of its host, as plain lists that a test changes. Time is whatever
 * `at` says; a short wait moves it. Network is absent: a call of it fails the test.
 */
export type IntakeWorld = World & {
  at: number;
  assignments: RoleAssignment[];
  instances: Instance[];
  requests: ScheduleRequest[];
  vms: TargetRow[];
  /** What the index tells of connecting. */
  connectFacts: ConnectFacts;
  /** Thrown by the next calls of the directory, one each. */
  faults: Fault[];
  readonly ledger: Ledger;
  readonly starts: { name: SleeperName; instanceId: string; input: SleeperInput }[];
  readonly lines: { level: string; event: string; fields: Record<string, unknown> }[];
  readonly reads: string[];
  readonly starter: Starter;
  /** How often the network was touched; it must stay zero. */
  writes: number;
  opening: World['opening'];
  notAzure: readonly string[];
  api: World['api'];
  notices: World['notices'];
  remediation: World['remediation'];
  receive(event: unknown): Promise<Received>;
  advance(id: string): Promise<Look>;
  /** Runs an intake as its sleeper would, up to `msMax` of its own time. Its outcome, or `waiting`. */
  run(id: string, msMax?: number): Promise<string>;
  /** Ada's activation: assignment, instance and request, as PIM would hold them. */
  activate(changes?: { startAt?: number; endAt?: number | null }): void;
  deactivate(): void;
};

export const begin = Date.parse('2026-01-01T10:00:05.000Z');

/** A world in which nothing is activated, with one VM. */
export function createIntakeWorld(
  policy: Policy = policyOf(),
  bornAt: number = begin - 3_600_000,
): IntakeWorld {
  const starts: IntakeWorld['starts'] = [];
  const lines: IntakeWorld['lines'] = [];
  const reads: string[] = [];
  const starter: Starter = {
    start: async (name, instanceId, input) => {
      const running = starts.some((one) => one.instanceId === instanceId);
      starts.push({ name, instanceId, input });
      return running ? 'running' : 'started';
    },
  };
  const log = (level: string) => (event: string, fields: Readonly<Record<string, unknown>>) => {
    lines.push({ level, event, fields: JSON.parse(JSON.stringify(fields)) });
  };
  const read = (what: string): void => {
    reads.push(what);
    const fault = world.faults.shift();
    if (fault !== undefined) throw fault;
  };
  const world: IntakeWorld = {
    at: begin,
    assignments: [],
    instances: [],
    requests: [],
    vms: [vmRow('vm-1')],
    connectFacts: { machines: [], bastions: [] },
    faults: [],
    writes: 0,
    starts,
    lines,
    reads,
    starter,
    clock: {
      now: () => world.at,
      skew: () => ({ skewMs: 0, measuredAt: world.at }),
      wait: async (ms) => {
        world.at += ms;
      },
    },
    log: { info: log('info'), warn: log('warn'), alarm: log('alarm') },
    budget: freeBudget,
    ledger: createLedgerMemory(),
    audit: createAudit(createChainStoreMemory(), 'dev001', () => world.at),
    network: untouchable(() => {
      world.writes += 1;
    }),
    verifier: { verify: () => false },
    deleteTimes: createDeleteTimes(),
    deployment: 'dev001',
    sweepSchedule: '0 * * * * *',
    reconcileSchedule: '0 * * * * *',
    sweepPeriodMs: 5_000,
    sweep: { mode: 'close', scopes: [] },
    opening: { policy, signer: { keyVersion: 1, sign: () => '' }, sweeper: 'none' },
    notAzure: [],
    api: { callers: callersByName() },
    notices: { channels: [], schedule: '', linkBase: '' },
    remediation: null,
    directory: {
      readRoleAssignment: async (id) => {
        read(`assignment ${id}`);
        return world.assignments.find((one) => same(one.id, id)) ?? null;
      },
      listInstances: async (scope, principalId) => {
        read(`instances ${scope}`);
        const instances = world.instances.filter((one) => same(one.principalId, principalId));
        return { instances, answeredAt: world.at };
      },
      listActive: async ({ scope, of }) => {
        read(`active ${scope}`);
        const instances = world.instances.filter(
          (one) => typeof of === 'string' || same(one.principalId, of.principalId),
        );
        return { instances, answeredAt: world.at, pages: 1, cut: false };
      },
      readScheduleRequest: async (_scope, name) => {
        read(`request ${name}`);
        return world.requests.find((one) => same(one.name, name)) ?? null;
      },
    },
    compute: { readVm: async () => null, listVms: async () => null },
    activityLog: { listOn: async () => [] },
    machines: { readMachine: async () => null },
    candidates: { listCandidates: async () => ({ candidates: [], strange: 0, next: null }) },
    inventory: {
      listTargets: async (scope, rowsMax) => {
        read(`targets ${scope}`);
        return world.vms.slice(0, rowsMax);
      },
      listMachines: async (ids) => world.vms.filter(({ vmId }) => ids.some((id) => same(id, vmId))),
      listSubscriptions: async () => [],
      listAssignments: async () => [],
      listOurRules: async () => [],
      findRule: async () => [],
      readConnectFacts: async () => {
        read('connect facts');
        return world.connectFacts;
      },
      listLocalAccounts: async () => {
        read('local accounts');
        return { rows: [], next: null };
      },
    },
    receive: (event) => receiveActivation(world, starter)(event),
    advance: (id) => advanceIntake(world, starter, { id }),
    run: async (id, msMax = 600_000) => {
      const until = world.at + msMax;
      for (;;) {
        const look = await world.advance(id);
        if (look.done) return look.outcome;
        const next = Math.max(Date.parse(look.nextLook), world.at);
        if (next > until) return 'waiting';
        world.at = next;
      }
    },
    activate: ({ startAt = begin - 1_500, endAt = begin + 4 * 3_600_000 } = {}) => {
      world.assignments = [assignmentOf()];
      world.instances = [instanceOf({ startAt, endAt })];
      world.requests = [requestOf({ createdAt: startAt - 1_800 })];
    },
    deactivate: () => {
      world.assignments = [];
      world.instances = [];
    },
  };
  // In memory it is there at once.
  void world.ledger.meta.insert({ id: 'ledger', bornAt });
  return world;
}

/** Ada's role assignment as a GET answers it. */
export function assignmentOf(changes: Partial<RoleAssignment> = {}): RoleAssignment {
  return {
    id: assignmentId(),
    scope: group,
    principalId: ada,
    principalType: 'User',
    roleDefinitionGuid: administratorLogin,
    ...changes,
  };
}

/** Ada's activation as the list shows it. */
export function instanceOf(changes: Partial<Instance> = {}): Instance {
  return {
    assignmentType: 'Activated',
    originRoleAssignmentId: assignmentId(),
    scope: group,
    roleDefinitionGuid: administratorLogin,
    principalId: ada,
    principalType: 'User',
    memberType: 'Direct',
    startAt: begin - 1_500,
    endAt: begin + 4 * 3_600_000,
    scheduleName: requestName,
    principalName: 'Ada Example',
    principalMail: 'ada@contoso.com',
    ...changes,
  };
}

/** Ada's own request. */
export function requestOf(changes: Partial<ScheduleRequest> = {}): ScheduleRequest {
  return {
    name: requestName,
    principalId: ada,
    requestorId: ada,
    requestType: 'SelfActivate',
    status: 'Provisioned',
    createdAt: begin - 3_300,
    justification: 'Patch vm-app-01',
    ticket: 'INC0012345',
    targetScheduleName: requestName,
    ...changes,
  };
}

/** A fault as an adapter would throw it. */
export function faultOf(kind: FaultKind, retryAfterMs: number | null = null): Fault {
  return new Fault({ kind, code: 'Planted', status: 503, retryAfterMs }, 'in a test');
}

function untouchable(touched: () => void): Network {
  const refuse = async (): Promise<never> => {
    touched();
    throw new Error('Intake must not touch the network.');
  };
  return {
    readNsg: refuse,
    readNic: refuse,
    listNics: refuse,
    readSubnetNsgId: refuse,
    readLocks: refuse,
    visibleSubscriptions: refuse,
    listOurRulesIn: refuse,
    describeWrite: refuse,
    putRule: refuse,
    deleteRule: refuse,
  };
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
