import type { NamedRule } from '../../../local/azure/resourceManager/securityRule';
import type { Dice } from '../dice';
import type { FaultKind, Stage } from '../stage';
import { isTaken, standing, terraform } from './editors';

/** A rule that somebody makes out of one of ours; `null` where there is nothing to make. */
type Made = { readonly nsgId: string; readonly rule: NamedRule };
type Make = (
  standing: { readonly nsgId: string; readonly rule: NamedRule },
  dice: Dice,
  stage: Stage,
) => Made | null;

function stranger(name: string, make: Make): FaultKind {
  return {
    name,
    group: 'strangers',
    aim: 'open',
    install: (stage, fault) => {
      stage.at(fault.atMs, () => {
        const dice = stage.dice(fault);
        const rules = standing(stage);
        if (rules.length === 0) return;
        const made = make(dice.pick(rules), dice, stage);
        const { estate, outOfBand } = stage.simulation().azure.resourceManager;
        if (made === null) return;
        const nsg = estate.nsgs.get(made.nsgId.toLowerCase());
        if (nsg === undefined || nsg.operation !== undefined) return;
        const { rule, nsgId } = made;
        if (nsg.rules.has(rule.name.toLowerCase()) || isTaken(nsg.rules.values(), rule)) return;
        stage.took(fault);
        outOfBand.putRule(nsgId, rule, terraform);
      });
    },
  };
}

const letters = 'abcdefghijklmnopqrstuvwxyz234567'.split('');

/** Above every priority of ours. */
function atPriority({ name, properties }: NamedRule, dice: Dice): NamedRule {
  return { name, properties: { ...properties, priority: 2_000 + dice.int(0, 900) } };
}

/** An old time in a marker, or the marker as it is. */
function perhapsOld(rule: NamedRule, dice: Dice): NamedRule {
  const { description = '' } = rule.properties;
  if (dice.chance(0.4)) return rule;
  const old = description.replace(/^postern1\|\d+/, 'postern1|1760000000');
  return { ...rule, properties: { ...rule.properties, description: old } };
}

/** Rules of other people that look like ours: they are reported, and nobody of us touches them. */
export const strangers: readonly FaultKind[] = [
  stranger('rule copied under another name of our form', ({ nsgId, rule }, dice) => {
    const id = Array.from({ length: 20 }, () => dice.pick(letters)).join('');
    const name = rule.name.replace(/[a-z2-7]{20}-(\d+)$/i, `${id}-$1`);
    return { nsgId, rule: perhapsOld(atPriority({ ...rule, name }, dice), dice) };
  }),
  stranger('rule copied to another NSG', ({ nsgId, rule }, dice, stage) => {
    const { estate } = stage.simulation().azure.resourceManager;
    const paths = pathsOf(stage, nsgId);
    const others = [...estate.nsgs.values()].filter(({ id }) => !paths.has(id.toLowerCase()));
    return others.length === 0 ? null : { nsgId: dice.pick(others).id, rule };
  }),
  stranger('rule of another deployment', ({ nsgId, rule }, dice) => {
    const letter = (): string => dice.pick(letters);
    const id = Array.from({ length: 20 }, letter).join('');
    const signature = Array.from({ length: 86 }, letter).join('');
    const description = (rule.properties.description ?? '').replace(/[^|]{86}$/, signature);
    const properties = { ...rule.properties, description };
    const theirs = { name: `postern-other1-${id}-0`, properties };
    return { nsgId, rule: perhapsOld(atPriority(theirs, dice), dice) };
  }),
  stranger('rule whose name goes on after ours', ({ nsgId, rule }, dice) => {
    const description = dice.pick(['made by hand', rule.properties.description ?? '']);
    const longer = { name: `${rule.name}0`, properties: { ...rule.properties, description } };
    return { nsgId, rule: atPriority(longer, dice) };
  }),
];

/** The NSGs that traffic passes on its way to machines behind this one: rules of one window stand in all. */
function pathsOf(stage: Stage, nsgId: string): Set<string> {
  const { nics, vnets } = stage.simulation().azure.resourceManager.estate;
  const found = new Set([nsgId.toLowerCase()]);
  for (const vnet of vnets.values()) {
    for (const { networkSecurityGroupId } of vnet.subnets) {
      if (networkSecurityGroupId) found.add(networkSecurityGroupId.toLowerCase());
    }
  }
  for (const { networkSecurityGroupId } of nics.values()) {
    if (networkSecurityGroupId) found.add(networkSecurityGroupId.toLowerCase());
  }
  return found;
}
