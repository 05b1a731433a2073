import type { Caller } from '../../../local/azure/contract';
import type { NamedRule } from '../../../local/azure/resourceManager/securityRule';
import { foreignRules, location, nsgId } from '../../../local/estate';
import type { Crossing, Deed } from '../boundaries';
import type { Dice } from '../dice';
import type { FaultPlan } from '../plan';
import type { FaultKind, Stage } from '../stage';

/** Whose hand the changes of other people are. */
export const terraform: Caller = {
  objectId: '99999999-9999-4999-8999-999999999998',
  name: 'terraform',
  kind: 'person',
};

const lockedMs = 3_600_000;

export const ownName = /^postern-/i;

type Standing = { nsgId: string; rule: NamedRule };

/** Rules of ours that Resource Manager shows and nobody is writing just now. */
export function standing(stage: Stage): Standing[] {
  const { nsgs } = stage.simulation().azure.resourceManager.estate;
  return [...nsgs.values()]
    .filter(({ operation }) => operation === undefined)
    .flatMap(({ id, rules, effective }) =>
      [...rules.values()]
        .filter(({ name }) => ownName.test(name) && effective.has(name.toLowerCase()))
        .map(({ name, properties }) => ({ nsgId: id, rule: { name, properties } })),
    );
}

function editor(
  name: string,
  aim: FaultKind['aim'],
  act: (stage: Stage, dice: Dice, fault: FaultPlan) => boolean,
): FaultKind {
  return {
    name,
    group: 'editors',
    aim,
    install: (stage, fault) => {
      stage.at(fault.atMs, () => {
        if (act(stage, stage.dice(fault), fault)) stage.took(fault);
      });
    },
  };
}

/** A PUT of ours that is about to arrive, the nth that this fault strikes. */
type BeforePut = {
  readonly stage: Stage;
  readonly fault: FaultPlan;
  /** Of the NSG. */
  readonly id: string;
  readonly input: unknown;
  readonly nth: number;
};

/** Somebody is faster than a PUT of ours. */
function beforePut(
  name: string,
  times: readonly [number, number],
  act: (before: BeforePut) => void,
): FaultKind {
  return {
    name,
    group: 'editors',
    aim: 'opening',
    times,
    skip: 1,
    install: (stage, fault) => {
      let nth = 0;
      stage.strike(
        fault,
        ({ kind, name: crossed }: Crossing) =>
          kind === 'request' && crossed === 'put securityrules',
        ({ input, subject }) => {
          const id = subject.slice(0, subject.toLowerCase().indexOf('/securityrules/'));
          const deed: Deed = {
            do: 'act',
            act: () => act({ stage, fault, id, input, nth: (nth += 1) }),
          };
          return { at: 'before', deed };
        },
      );
    },
  };
}

/** Somebody writes one of our rules anew. */
function rewrite(name: string, change: (rule: NamedRule, dice: Dice) => NamedRule): FaultKind {
  return editor(name, 'open', (stage, dice) => {
    const rules = standing(stage);
    if (rules.length === 0) return false;
    const { nsgId: id, rule } = dice.pick(rules);
    stage.simulation().azure.resourceManager.outOfBand.putRule(id, change(rule, dice), terraform);
    return true;
  });
}

const withProperties = (
  { name, properties }: NamedRule,
  changes: Partial<NamedRule['properties']>,
): NamedRule => ({ name, properties: { ...properties, ...changes } });

function openToAll({ name, properties }: NamedRule): NamedRule {
  const { sourceAddressPrefixes: _many, ...rest } = properties;
  return { name, properties: { ...rest, sourceAddressPrefix: '*' } };
}

/** What other people do to the estate. */
export const editorFaults: readonly FaultKind[] = [
  rewrite('rule opened to everybody', openToAll),
  rewrite('priority of a rule changed', (rule, dice) =>
    withProperties(rule, { priority: dice.int(900, 999) }),
  ),
  rewrite('marker damaged', (rule, dice) =>
    withProperties(rule, { description: dice.pick(['', 'do not touch', 'postern1|1|1|x']) }),
  ),
  editor('rule deleted', 'open', (stage, dice) => {
    const rules = standing(stage);
    if (rules.length === 0) return false;
    const { nsgId: id, rule } = dice.pick(rules);
    stage.simulation().azure.resourceManager.outOfBand.deleteRule(id, rule.name, terraform);
    return true;
  }),
  {
    name: 'rule created again by somebody',
    group: 'editors',
    aim: 'closing',
    install: (stage, fault) => {
      stage.at(fault.atMs - 60_000, () => {
        const dice = stage.dice(fault);
        const planned = standing(stage);
        if (planned.length === 0) return;
        const { nsgId: id, rule } = dice.pick(planned);
        const again = (): void => {
          if (stage.isCalm()) return;
          const nsg = stage.simulation().azure.resourceManager.estate.nsgs.get(id.toLowerCase());
          if (nsg === undefined || nsg.rules.has(rule.name.toLowerCase())) return;
          if (isTaken(nsg.rules.values(), rule)) return;
          stage.took(fault);
          stage.simulation().azure.resourceManager.outOfBand.putRule(id, rule, terraform);
        };
        stage.clock.at(stage.clock.now() + dice.int(60_000, 500_000), again);
      });
    },
  },
  {
    name: 'locked for an hour',
    group: 'editors',
    aim: 'ending',
    install: (stage, fault) => {
      // Half of them before the close begins: a rule that is gone already is nobody's to keep.
      stage.at(Math.max(0, fault.atMs - 100_000), () => {
        const rules = standing(stage);
        if (rules.length === 0) return;
        const { nsgId: scope } = stage.dice(fault).pick(rules);
        stage.took(fault, lockedMs);
        lock(stage, scope, `audit-${fault.id}`);
      });
    },
  },
  {
    // It cannot be deleted where it stands now, nor written where it was planned.
    name: 'locked, moved, and its place taken',
    group: 'editors',
    aim: 'opened',
    onlyNamed: true,
    install: (stage, fault) => {
      stage.at(fault.atMs, () => {
        const dice = stage.dice(fault);
        const rules = standing(stage);
        if (rules.length === 0) return;
        const { nsgId: scope, rule } = dice.pick(rules);
        const { priority } = rule.properties;
        const { outOfBand } = stage.simulation().azure.resourceManager;
        stage.took(fault, lockedMs);
        lock(stage, scope, `moved-${fault.id}`);
        outOfBand.putRule(scope, withProperties(rule, { priority: 950 + fault.id }), terraform);
        outOfBand.putRule(scope, foreignRule(`in-its-place-${fault.id}`, priority), terraform);
      });
    },
  },
  {
    name: 'locked before the opening',
    group: 'editors',
    aim: 'opening',
    install: (stage, fault) => {
      stage.at(Math.max(0, fault.atMs - 20_000), () => {
        const { estate } = stage.simulation().azure.resourceManager;
        const { id: scope } = stage.dice(fault).pick([...estate.nsgs.values()]);
        stage.took(fault, lockedMs, scope);
        lock(stage, scope, `early-${fault.id}`);
      });
    },
  },
  beforePut('priority taken between read and write', [1, 2], takePriority),
  beforePut('deny written above', [1, 1], denyForAWhile),
  editor('NSG of an interface swapped', 'opened', (stage, dice) => {
    const { estate } = stage.simulation().azure.resourceManager;
    const nics = [...estate.nics.values()].filter((one) => one.networkSecurityGroupId);
    if (nics.length === 0) return false;
    const nic = dice.pick(nics);
    const groups = [...estate.nsgs.values()].filter(({ id }) => id !== nic.networkSecurityGroupId);
    if (groups.length === 0) return false;
    estate.setNic({ ...nic, networkSecurityGroupId: dice.pick(groups).id });
    return true;
  }),
  editor('VM deleted', 'opened', (stage, dice) => {
    const { estate } = stage.simulation().azure.resourceManager;
    if (estate.vms.size === 0) return false;
    estate.removeVm(dice.pick([...estate.vms.values()]).id);
    return true;
  }),
  editor('address given to another machine', 'opened', (stage, dice) => {
    const { estate } = stage.simulation().azure.resourceManager;
    const [one, other] = [...estate.nics.values()].filter((nic) => nic.virtualMachineId);
    if (one === undefined || other === undefined) return false;
    // Both get what the other had: nobody is left without an address.
    const [first, second] = dice.chance(0.5) ? [one, other] : [other, one];
    estate.setNic({ ...first, ipConfigurations: second.ipConfigurations });
    estate.setNic({ ...second, ipConfigurations: first.ipConfigurations });
    return true;
  }),
  editor('VM stopped', 'anywhere', (stage, dice) => {
    const { estate } = stage.simulation().azure.resourceManager;
    if (estate.vms.size === 0) return false;
    estate.setPowerState(dice.pick([...estate.vms.values()]).id, 'deallocated');
    return true;
  }),
  editor('whole NSG written without our rules', 'open', (stage, dice) => {
    const rules = standing(stage);
    if (rules.length === 0) return false;
    const { nsgId: id } = dice.pick(rules);
    const { outOfBand } = stage.simulation().azure.resourceManager;
    for (const one of rules) {
      if (one.nsgId === id) outOfBand.deleteRule(id, one.rule.name, terraform);
    }
    return true;
  }),
  {
    name: 'whole NSG written with rules of before',
    group: 'editors',
    aim: 'closing',
    install: (stage, fault) => {
      stage.at(fault.atMs - 60_000, () => {
        const dice = stage.dice(fault);
        const rules = standing(stage);
        if (rules.length === 0) return;
        stage.clock.at(stage.clock.now() + dice.int(60_000, 400_000), () => {
          if (!stage.isCalm()) putBack(stage, fault, rules);
        });
      });
    },
  },
  editor('another rule written', 'anywhere', (stage, dice) => {
    const { estate, outOfBand } = stage.simulation().azure.resourceManager;
    const group = dice.pick([...estate.nsgs.values()]);
    outOfBand.putRule(group.id, foreignRule(`team-${dice.int(1, 3)}`, 3_000 + dice.int(0, 50)));
    return true;
  }),
];

function lock(stage: Stage, scope: string, name: string): void {
  const { estate } = stage.simulation().azure.resourceManager;
  estate.addLock({ scope, name, level: 'CanNotDelete' });
  stage.clock.at(stage.clock.now() + lockedMs, () => estate.removeLock(scope, name));
}

function putBack(stage: Stage, fault: FaultPlan, rules: readonly Standing[]): void {
  const { estate, outOfBand } = stage.simulation().azure.resourceManager;
  for (const { nsgId: id, rule } of rules) {
    const nsg = estate.nsgs.get(id.toLowerCase());
    const gone = nsg !== undefined && !nsg.rules.has(rule.name.toLowerCase());
    if (!gone || nsg.operation !== undefined || isTaken(nsg.rules.values(), rule)) continue;
    stage.took(fault);
    outOfBand.putRule(id, rule, terraform);
  }
}

/** Is the priority of this rule another one's? */
export function isTaken(rules: Iterable<NamedRule>, { properties }: NamedRule): boolean {
  return [...rules].some((one) => one.properties.priority === properties.priority);
}

function foreignRule(name: string, priority: number): NamedRule {
  return {
    name,
    properties: {
      protocol: 'Udp',
      sourcePortRange: '*',
      destinationPortRange: '9090',
      sourceAddressPrefix: '10.30.0.0/16',
      destinationAddressPrefix: '*',
      access: 'Allow',
      priority,
      direction: 'Inbound',
    },
  };
}

const deniedMs = 5 * 60_000;

/** A Deny for everything above the band, which is taken away again. */
function denyForAWhile({ stage, fault, id }: BeforePut): void {
  const { outOfBand } = stage.simulation().azure.resourceManager;
  const properties = {
    ...foreignRule('', 150).properties,
    access: 'Deny' as const,
    protocol: '*' as const,
  };
  const everything = { sourceAddressPrefix: '*', destinationPortRange: '*' };
  const rule = { name: 'nobody-for-now', properties: { ...properties, ...everything } };
  stage.took(fault, deniedMs);
  outOfBand.putRule(id, rule, terraform);
  stage.clock.at(stage.clock.now() + deniedMs, () => {
    outOfBand.deleteRule(id, rule.name, terraform);
  });
}

function takePriority({ stage, id, input, nth }: BeforePut): void {
  const body = (input as { body?: unknown }).body;
  const { properties } = JSON.parse(String(body)) as NamedRule;
  const { estate, outOfBand } = stage.simulation().azure.resourceManager;
  const nsg = estate.nsgs.get(id.toLowerCase());
  if (nsg === undefined || isTaken(nsg.rules.values(), { name: '', properties })) return;
  const rule = foreignRule(`somebody-was-faster-${nth}`, properties.priority);
  if (!nsg.rules.has(rule.name)) outOfBand.putRule(nsg.id, rule, terraform);
}

/** An NSG that stands about unused, for an interface to be moved to. */
export const spareNsg = { id: nsgId('nsg-spare'), location, rules: foreignRules() };
