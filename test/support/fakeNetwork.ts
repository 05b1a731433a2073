import { Fault, type FaultFacts, type FaultKind } from '../../shared/domain/fault';
import type { NsgReading, SecurityRule } from '../../shared/domain/networkSecurityGroup';
import type { Inventory, RuleSighting, TargetRow } from '../../shared/ports/inventory';
import type { Lock, Network, NicReading } from '../../shared/ports/network';

/**
 * A small network made by hand, for tests of the window alone: writes are accepted now and take
 * effect later, each NSG works off one operation at a time, and any call can be made to fail before
 * its effect, after it, or without a word. Time is virtual and moves only when somebody waits.
 */
export type FakeNetwork = Network &
  Inventory & {
    readonly time: Time;
    readonly nsgs: Map<string, FakeNsg>;
    readonly nics: Map<string, NicReading>;
    readonly subnets: Map<string, string>;
    readonly locks: Map<string, Lock[]>;
    readonly targets: TargetRow[];
    /** What the index shows in place of the truth; `null`: the truth. */
    stale: RuleSighting[] | null;
    /** How long an accepted write takes. */
    operationMs: number;
    /** Asked before each call; what it answers happens. */
    trouble: (call: Call) => Trouble | undefined;
    /** Every call that reached the network, in order. */
    readonly calls: Call[];
    /** Every change of a rule, with its time: the evidence that tests judge by. */
    readonly history: Change[];
    nsg(id: string): FakeNsg;
  };

export type FakeNsg = {
  id: string;
  rules: SecurityRule[];
  nicIds: string[];
  subnetIds: string[];
  /** A state that no operation explains; `''`: none. */
  stuckState: string;
  operations: Operation[];
};

export type Call = {
  readonly op:
    | 'readNsg'
    | 'readNic'
    | 'listNics'
    | 'readSubnet'
    | 'readLocks'
    | 'put'
    | 'delete'
    | 'query'
    | 'subscriptions'
    | 'list';
  readonly id: string;
  readonly ruleName: string;
  readonly at: number;
  /** Running number among calls of this kind, from 1. */
  readonly number: number;
  readonly rule: SecurityRule | null;
};

export type Trouble = {
  /** Refused before anything is begun. */
  readonly before?: FaultKind;
  /** The effect comes true, but this is answered. */
  readonly after?: FaultKind;
  /** Accepted, but it never takes effect. */
  readonly dropped?: boolean;
  /** Accepted, and takes effect this much later than usual. */
  readonly lateMs?: number;
  readonly retryAfterMs?: number;
};

export type Change = {
  readonly at: number;
  readonly nsgId: string;
  readonly ruleName: string;
  readonly rule: SecurityRule | null;
};

type Operation = { readonly effectAt: number; readonly apply: () => void };

/** Virtual time with appointments: what somebody else does at a certain time. */
export type Time = {
  now: number;
  /** Moves on to `at`, keeping every appointment on the way. Never back. */
  moveTo(at: number): void;
  /** `act` happens when time reaches `at`. */
  plan(at: number, act: () => void): void;
};

export function createTime(startAt = Date.UTC(2026, 0, 1, 10)): Time {
  const appointments: { at: number; act: () => void }[] = [];
  const time: Time = {
    now: startAt,
    moveTo: (at) => {
      for (;;) {
        const next = appointments.sort((one, other) => one.at - other.at)[0];
        if (next === undefined || next.at > at) break;
        appointments.shift();
        time.now = Math.max(time.now, next.at);
        next.act();
      }
      time.now = Math.max(time.now, at);
    },
    plan: (at, act) => {
      appointments.push({ at, act });
    },
  };
  return time;
}

/** Facts of a fault of this kind, for tests. */
export function facts(kind: FaultKind, retryAfterMs: number | null = null): FaultFacts {
  const status = {
    throttled: 429,
    busy: 429,
    denied: 403,
    locked: 409,
    missing: 404,
    conflict: 400,
  };
  const known = Object.hasOwn(status, kind) ? status[kind as keyof typeof status] : 500;
  return { kind, code: `Test-${kind}`, status: known, retryAfterMs };
}

const key = (id: string): string => id.toLowerCase();

export function createFakeNetwork(time = createTime()): FakeNetwork {
  const counts = new Map<string, number>();
  const history: Change[] = [];
  const calls: Call[] = [];

  /** Operations whose time has come take effect, in the order of their times. */
  const settle = (): void => {
    for (const nsg of network.nsgs.values()) {
      const due = nsg.operations.filter(({ effectAt }) => effectAt <= time.now);
      nsg.operations = nsg.operations.filter(({ effectAt }) => effectAt > time.now);
      for (const { apply } of due.sort((one, other) => one.effectAt - other.effectAt)) apply();
    }
  };

  const change = (nsg: FakeNsg, ruleName: string, rule: SecurityRule | null, at: number): void => {
    nsg.rules = nsg.rules.filter(({ name }) => key(name) !== key(ruleName));
    if (rule !== null) nsg.rules.push(rule);
    history.push({ at, nsgId: nsg.id, ruleName, rule });
  };

  const begin = (op: Call['op'], id: string, ruleName = '', rule: SecurityRule | null = null) => {
    settle();
    const number = (counts.get(op) ?? 0) + 1;
    counts.set(op, number);
    const call: Call = { op, id, ruleName, at: time.now, number, rule };
    calls.push(call);
    const trouble = network.trouble(call) ?? {};
    if (trouble.before !== undefined) {
      throw new Fault(facts(trouble.before, trouble.retryAfterMs ?? null), `${op} ${ruleName}`);
    }
    return trouble;
  };

  const end = ({ after }: Trouble, op: string): void => {
    if (after !== undefined) throw new Fault(facts(after), op);
  };

  /** Queues a write behind what the NSG is doing; refuses while something else runs. */
  const write = (nsg: FakeNsg, trouble: Trouble, apply: (at: number) => void): void => {
    if (trouble.dropped === true) return;
    const effectAt = time.now + network.operationMs + (trouble.lateMs ?? 0);
    nsg.operations.push({ effectAt, apply: () => apply(effectAt) });
    time.plan(effectAt, settle);
  };

  const isBusy = (nsg: FakeNsg): boolean => nsg.operations.length > 0;

  const sightings = (): RuleSighting[] => {
    settle();
    return [...network.nsgs.values()].flatMap((nsg) =>
      nsg.rules.map(({ name, description }) => ({ nsgId: nsg.id, ruleName: name, description })),
    );
  };

  const network: FakeNetwork = {
    time,
    nsgs: new Map(),
    nics: new Map(),
    subnets: new Map(),
    locks: new Map(),
    targets: [],
    stale: null,
    operationMs: 2_000,
    trouble: () => undefined,
    calls,
    history,
    nsg: (id) => {
      const nsg = network.nsgs.get(key(id));
      if (nsg === undefined) throw new Error(`No NSG ${id} in this test.`);
      settle();
      return nsg;
    },

    readNsg: async (id) => {
      const startedAt = time.now;
      const trouble = begin('readNsg', id);
      await Promise.resolve();
      const nsg = network.nsgs.get(key(id));
      if (nsg === undefined) return null;
      end(trouble, 'readNsg');
      return readingOf(nsg, startedAt);
    },
    readNic: async (id) => {
      begin('readNic', id);
      return network.nics.get(key(id)) ?? null;
    },
    listNics: async (groupId) => {
      begin('listNics', groupId);
      return [...network.nics.values()].filter(({ id }) => key(id).startsWith(`${key(groupId)}/`));
    },
    readSubnetNsgId: async (id) => {
      begin('readSubnet', id);
      return network.subnets.get(key(id)) ?? null;
    },
    readLocks: async (ids) => {
      begin('readLocks', ids[0] ?? '');
      return ids.map((id) => network.locks.get(key(id)) ?? []);
    },
    describeWrite: async (id, rule) => ({
      method: typeof rule === 'string' ? 'DELETE' : 'PUT',
      url: `${id}/securityRules/${typeof rule === 'string' ? rule : rule.name}`,
      body: typeof rule === 'string' ? null : rule,
    }),
    putRule: async (id, rule) => {
      const trouble = begin('put', id, rule.name, rule);
      await Promise.resolve();
      const nsg = network.nsgs.get(key(id));
      if (nsg === undefined) throw new Fault(facts('missing'), 'put');
      if (isLocked(network, id, 'ReadOnly')) throw new Fault(facts('locked'), 'put');
      if (isBusy(nsg)) throw new Fault(facts('busy'), 'put');
      const taken = nsg.rules.some(
        (one) =>
          one.priority === rule.priority &&
          one.direction === rule.direction &&
          key(one.name) !== key(rule.name),
      );
      if (taken) throw new Fault(facts('conflict'), 'put');
      write(nsg, trouble, (at) => change(nsg, rule.name, rule, at));
      end(trouble, 'put');
      return 'accepted';
    },
    deleteRule: async (id, ruleName) => {
      const trouble = begin('delete', id, ruleName);
      await Promise.resolve();
      const nsg = network.nsgs.get(key(id));
      if (nsg === undefined) throw new Fault(facts('missing'), 'delete');
      if (isLocked(network, id, 'CanNotDelete')) throw new Fault(facts('locked'), 'delete');
      if (isLocked(network, id, 'ReadOnly')) throw new Fault(facts('locked'), 'delete');
      if (isBusy(nsg)) throw new Fault(facts('busy'), 'delete');
      const there = nsg.rules.some(({ name }) => key(name) === key(ruleName));
      if (!there) {
        end(trouble, 'delete');
        return 'absent';
      }
      write(nsg, trouble, (at) => change(nsg, ruleName, null, at));
      end(trouble, 'delete');
      return 'accepted';
    },

    readConnectFacts: async () => ({ machines: [], bastions: [] }),
    listLocalAccounts: async () => ({ rows: [], next: null }),
    listMachines: async (vmIds) =>
      network.targets.filter(({ vmId }) =>
        vmIds.some((id) => id.toLowerCase() === vmId.toLowerCase()),
      ),
    listSubscriptions: async () => [],
    listAssignments: async () => [],
    visibleSubscriptions: async () => {
      begin('subscriptions', '');
      return [...new Set([...network.nsgs.keys()].map((id) => id.split('/')[2] ?? ''))];
    },
    listOurRulesIn: async (subscriptionId) => {
      const trouble = begin('list', subscriptionId);
      const rules = sightings()
        .filter(({ nsgId }) => key(nsgId).startsWith(`/subscriptions/${key(subscriptionId)}/`))
        .filter(isOurs);
      return { rules, isWhole: trouble.dropped !== true };
    },

    listTargets: async (scope) => {
      begin('query', scope);
      return network.targets;
    },
    listOurRules: async () => {
      begin('query', 'rules');
      return (network.stale ?? sightings()).filter(isOurs);
    },
    findRule: async (ruleName) => {
      begin('query', ruleName);
      return sightings().filter((one) => key(one.ruleName) === key(ruleName));
    },
  };
  return network;
}

function isOurs({ ruleName, description }: RuleSighting): boolean {
  return key(ruleName).startsWith('postern-') || description.startsWith('postern1|');
}

function isLocked({ locks }: FakeNetwork, nsgId: string, level: Lock['level']): boolean {
  return (locks.get(key(nsgId)) ?? []).some((lock) => lock.level === level);
}

function readingOf(nsg: FakeNsg, startedAt: number): NsgReading {
  const updating = nsg.operations.length > 0 ? 'Updating' : 'Succeeded';
  return {
    id: nsg.id,
    location: 'westeurope',
    provisioningState: nsg.stuckState === '' ? updating : nsg.stuckState,
    rules: [...nsg.rules],
    defaultRules: [],
    networkInterfaceIds: nsg.nicIds,
    subnetIds: nsg.subnetIds,
    startedAt,
  };
}
