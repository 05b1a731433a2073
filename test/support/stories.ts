import { admits } from '../../local/azure/evidence/admits';
import type { ActivationTruth, WriteRecord } from '../../local/azure/contract';
import { pathsTo } from '../../local/azure/evidence/windows';
import type { Activation } from '../../local/azure/pim/createPim';
import type { NamedRule } from '../../local/azure/resourceManager/securityRule';
import { demonstrationEstate, subscriptionId, type VirtualMachineSeed } from '../../local/estate';
import { installVirtualTime, type VirtualTime } from '../virtualTime';
import { type RuleLimits, shapeFaults, strayWrites } from './conduct';
import { deployedTimers } from './deployedTimers';
import { simulate, type Simulation, type SimulationOptions } from './simulatedAzure';

export const ada = 'ada@contoso.com';
export const ben = 'ben@contoso.com';
export const administratorLogin = 'Virtual Machine Administrator Login';
export const subscription = `/subscriptions/${subscriptionId}`;
export const appGroup = `${subscription}/resourceGroups/rg-app`;
/** The two NSGs on the way to the one VM of the demonstration. */
export const onNic = 'nsg-vm-app-01';
export const onSubnet = 'nsg-snet-app';

/** A policy with the times that are meant for work. */
export const workPolicy = `
version: 1
times: { guard: 180s, lead: 120s, settle: 120s, shortest: 60s, longest: 3h }
priorities: { from: 200, to: 899 }
caps: { vmsPerActivation: 10, windowsPerPerson: 3, windows: 50 }
allow:
  - name: operators
    roles: [${administratorLogin}]
    scopes: [${subscription}]
    ports: [rdp, ssh]
    sources:
      fromActivation: { within: [203.0.113.0/24] }
      ranges: [{ name: vpn, prefixes: [198.51.100.7/32] }]
`;

const limits: RuleLimits = {
  ports: ['22', '3389'],
  sources: ['203.0.113.10/32', '203.0.113.20/32', '198.51.100.7/32'],
  band: { from: 200, to: 899 },
};

type Wish = { person?: string; role?: string; scope?: string; minutes?: number };
type ActivateWish = Wish & { startAt?: string; approvalRequired?: boolean };

const hourMs = 3_600_000;
/** Longer than anything that the app waits for: settle, a run after a crash, an NSG that is gone. */
const quietMs = 12 * 60_000;

/** What a story says will happen beyond an ordinary end. Nothing is expected that is not named. */
type Expectations = {
  /** Names of the alarms that are raised. */
  alarms?: readonly string[];
  /** Rules of ours still stand at the end, or stood beyond their time: the story judges it itself. */
  overrun?: boolean;
  /** A rule was turned into a Deny. */
  disarm?: boolean;
  /** Rows still live at the end: somebody still looks after something. */
  live?: boolean;
  /** Others write to rules of ours: what they made of them is nobody's to keep. */
  edited?: boolean;
};

/** The simulated product with the words in which stories are told. */
export type Story = Simulation & {
  time: VirtualTime;
  seconds(count: number): Promise<void>;
  minutes(count: number): Promise<void>;
  activate(wish?: ActivateWish): Activation;
  deactivate(wish?: Wish): void;
  /** Who comes from `source` gets through every NSG on the way to the VM (its first interface). */
  reaches(vm: string, source?: string, port?: number): boolean;
  /** Rules of ours that stand anywhere, by NSG. */
  standing(): Record<string, string[]>;
  /** Writes of the app that Resource Manager accepted, or refused too. */
  appWrites(which?: 'accepted' | 'all'): WriteRecord[];
  /** Seconds from the start of the story to when each NSG on a path was rid of our rules. */
  goneAfterSeconds(): number[];
  /** Codes of what was refused, of windows and single VMs, as the rows hold them. */
  refusals(): Promise<string[]>;
  /** What an owner of the subscription does, by request; answers the status. */
  administrator(method: 'PUT' | 'DELETE', path: string, body?: unknown): Promise<number>;
  expects(expectations: Expectations): void;
  /** The verdict's reasons, VMs that no window is expected for left out. */
  reasons(isExpected?: (activation: ActivationTruth, vm: VirtualMachineSeed) => boolean): string[];
};

/**
 * Installs virtual time before each story and judges the network after it; the first story of each
 * group is followed by a quiet hour, the others by a shorter quiet time.
 */
export function stories(): { begin(options?: SimulationOptions): Promise<Story> } {
  let time: VirtualTime;
  let story: Story | undefined;
  let expected: Expectations = {};
  let told = 0;

  beforeEach(() => {
    time = installVirtualTime();
    story = undefined;
    expected = {};
  });

  afterEach(async () => {
    try {
      if (story === undefined) return;
      await requireGoodConduct(story, expected, told === 1 ? hourMs : quietMs);
    } finally {
      await story?.close();
      time.uninstall();
    }
  });

  return {
    begin: async (options = {}) => {
      const world = await simulate({ policy: workPolicy, settings: deployedTimers, ...options });
      told += 1;
      story = storyOf(world, time, options, (more) => {
        expected = { ...expected, ...more };
      });
      return story;
    },
  };
}

function storyOf(
  world: Simulation,
  time: VirtualTime,
  { estate = demonstrationEstate() }: SimulationOptions,
  expects: Story['expects'],
): Story {
  const { pim, resourceManager } = world.azure;
  const startedAt = time.now();
  const target = ({ person = ada, role = administratorLogin, scope = appGroup }: Wish) => ({
    person,
    role,
    scope,
  });
  const named = (id: string): string => id.slice(id.lastIndexOf('/') + 1);
  return {
    ...world,
    time,
    expects,
    seconds: (count) => time.pass(count * 1_000),
    minutes: (count) => time.pass(count * 60_000),
    activate: ({ minutes = 30, startAt, approvalRequired, ...wish } = {}) =>
      pim.activate({
        ...target(wish),
        durationMs: minutes * 60_000,
        ...(startAt === undefined ? {} : { startAt }),
        ...(approvalRequired === undefined ? {} : { approvalRequired }),
      }),
    deactivate: (wish = {}) => {
      pim.deactivate(target(wish));
    },
    reaches: (vmName, source = '203.0.113.10', port = 22) => {
      const vm = estate.virtualMachines.find(({ id }) => named(id) === vmName);
      if (vm === undefined) throw new Error(`The estate has no VM ${vmName}.`);
      const paths = pathsTo(vm, estate).filter(({ nicId }) => nicId === firstNic(vm));
      return paths.every(({ nsgId, addresses: [destination = ''] }) => {
        const rules = resourceManager.estate.effectiveRules(nsgId);
        return admits(rules, { source, destination, port, protocol: 'Tcp' }).access === 'Allow';
      });
    },
    standing: () => {
      const groups = resourceManager.estate
        .networkSecurityGroups()
        .map(({ id }): [string, string[]] => [named(id), oursIn(world, id)]);
      return Object.fromEntries(groups.filter(([, rules]) => rules.length > 0));
    },
    appWrites: (which = 'accepted') =>
      resourceManager.writeLog.records.filter(
        ({ caller, status }) => caller.kind === 'app' && (which === 'all' || status < 300),
      ),
    goneAfterSeconds: () =>
      world.verdict().lines.map(({ goneAt }) => (Date.parse(goneAt ?? '') - startedAt) / 1_000),
    refusals: async () => {
      const windows = await world.ledger().windows.list();
      return windows.flatMap(({ row }) => row.refusals.map(({ code }) => code));
    },
    reasons: (isExpected) => world.verdict(isExpected).reasons,
    administrator: (method, path, body) => administrate(world, method, path, body),
  };
}

const owner = { name: 'Admin Example', objectId: '77777777-aaaa-4aaa-8aaa-777777777777' };

async function administrate(
  { azure }: Simulation,
  method: string,
  path: string,
  body: unknown,
): Promise<number> {
  if (azure.pim.roleSource(owner.objectId).length === 0) {
    azure.pim.plainAssignment({ person: owner.name, role: 'Owner', scope: subscription });
  }
  const { token } = azure.login.issueToken({ ...owner, kind: 'person' });
  const { status } = await azure.handle({
    method,
    url: `https://localhost:10143${path}?api-version=2024-01-01`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return status;
}

function firstNic({ networkInterfaceIds: [first = ''] }: VirtualMachineSeed): string {
  return first.toLowerCase();
}

function oursIn({ azure }: Simulation, nsgId: string): string[] {
  const { estate } = azure.resourceManager;
  const shown = estate.nsgs.get(nsgId.toLowerCase())?.rules.values() ?? [];
  const names = [...estate.effectiveRules(nsgId), ...shown].map(({ name }: NamedRule) => name);
  return [...new Set(names.filter(isOurName))];
}

/**
 * What holds after every story, judged from the network and its write log alone: the app wrote
 * nothing but rules of its own, each of the promised shape; what belongs to others is untouched;
 * nothing of ours stands; and after a quiet time not one more write was sent.
 */
async function requireGoodConduct(
  story: Story,
  expected: Expectations,
  quietForMs: number,
): Promise<void> {
  const { azure, time } = story;
  const { records } = azure.resourceManager.writeLog;
  const { initial } = azure.resourceManager.estate;
  expect(strayWrites(records)).toEqual([]);
  expect(shapeFaults(records, initial, limits, expected.disarm ?? false)).toEqual([]);
  const verdict = story.verdict();
  if (!expected.edited) expect(verdict.changedNsgs).toEqual([]);
  expect(foreignRulesNow(story)).toEqual(foreignRulesWanted(story));
  const alarms = new Set(story.logs.filter(({ alarm }) => alarm).map(({ event }) => event));
  expect([...alarms].toSorted()).toEqual([...(expected.alarms ?? [])].toSorted());
  if (expected.overrun) return;

  expect(story.standing()).toEqual({});
  const reasons = verdict.reasons.filter((reason) => !isAboutNothingOpened(reason));
  expect(expected.edited ? withoutChanges(reasons) : reasons).toEqual([]);
  const { length } = records;
  await time.pass(quietForMs);
  expect(records.slice(length).filter(({ caller }) => caller.kind === 'app')).toEqual([]);
  if (expected.live) return;
  expect((await story.ledger().live.list()).map(({ row }) => row.id)).toEqual([]);
}

/** Reasons but those that count what others wrote into rules of ours as theirs to keep. */
export function withoutChanges(reasons: readonly string[]): string[] {
  return reasons.filter((reason) => !reason.endsWith('is not what it was before.'));
}

/** Every rule that is not called ours, by NSG and name, as Resource Manager shows it. */
function foreignRulesNow({ azure }: Story): Record<string, unknown> {
  const groups = azure.resourceManager.estate.networkSecurityGroups();
  return Object.fromEntries(
    groups.flatMap(({ id, rules }) =>
      rules
        .filter(({ name }) => !isOurName(name))
        .map(({ name, properties }) => [`${id}/securityRules/${name}`.toLowerCase(), properties]),
    ),
  );
}

/** What these rules were at first, and what others than the app have made of them since. */
function foreignRulesWanted({ azure }: Story): Record<string, unknown> {
  const { estate, writeLog } = azure.resourceManager;
  const wanted = new Map<string, unknown>();
  for (const { id, rules } of estate.initial.networkSecurityGroups) {
    for (const { name, properties } of rules) {
      wanted.set(`${id}/securityRules/${name}`.toLowerCase(), properties);
    }
  }
  for (const { caller, path, after, effectiveAt } of writeLog.records) {
    const isRule =
      /\/securityRules\/[^/]+$/i.test(path) && !isOurName(path.split('/').at(-1) ?? '');
    if (caller.kind === 'app' || effectiveAt === undefined) continue;
    if (isRule && after !== null) wanted.set(path.toLowerCase(), (after as NamedRule).properties);
    else if (isRule) wanted.delete(path.toLowerCase());
    else if (after === null) forget(wanted, path.toLowerCase());
  }
  return Object.fromEntries(wanted);
}

/** An NSG that others deleted took its rules along. */
function forget(wanted: Map<string, unknown>, path: string): void {
  for (const key of wanted.keys()) if (key.startsWith(`${path}/`)) wanted.delete(key);
}

function isOurName(name: string): boolean {
  return /^postern-/i.test(name);
}

/** Whether something should have opened is for the story to say. */
function isAboutNothingOpened(reason: string): boolean {
  return /was never opened|Nobody activated a role/.test(reason);
}
