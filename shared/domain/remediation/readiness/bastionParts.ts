import { bastionsFor, type BastionWay } from '../../connect/bastionsFor';
import type { BastionFacts, MachineFacts, Told } from '../../connect/facts';
import type { SecurityRule } from '../../networkSecurityGroup';
import { admits } from '../../nsg/evaluate';
import { cleanText } from '../../text';
import { bastionFlows, flowState } from './bastionFlows';
import { factsOf, type ReadinessFact } from './fact';

/** The rules of an NSG, its default ones among them; `null`: there is no NSG, which lets all in. */
export type NsgRules = { readonly id: string; readonly rules: readonly SecurityRule[] } | null;

/** What is known of the way from a Bastion to a machine. */
export type BastionKnowledge = {
  readonly index: Told<{
    readonly bastions: readonly BastionFacts[];
    readonly machine: MachineFacts | null;
  }>;
  /** The NSG on the subnet of the Bastion that leads there; `null`: none leads there. */
  readonly ownNsg: Told<NsgRules> | null;
  /** Those on the machine's interface and subnet. */
  readonly targetNsgs: Told<readonly NonNullable<NsgRules>[]>;
};

/** The Bastion that leads to a machine, whether or not a native client can use it. */
export function bastionOf({ index }: Pick<BastionKnowledge, 'index'>): BastionWay | null {
  if ('unknown' in index) return null;
  const { bastions, machine } = index.facts;
  return bastionsFor(bastions, machine, [])[0] ?? null;
}

/** What connecting by a Bastion with a native client asks for. */
export function bastionParts(
  knowledge: BastionKnowledge,
  family: 'windows' | 'linux' | 'unknown',
): ReadinessFact[] {
  const { ok, missing, unknown } = factsOf('bastion', 'index');
  const { index } = knowledge;
  if ('unknown' in index) {
    return [unknown(`Which Bastion leads here is not known (${cleanText(index.unknown, 80)}).`)];
  }
  const way = bastionOf(knowledge);
  if (way === null) {
    return [missing('No Bastion leads here.', 'None is needed where people come by other ways.')];
  }
  const lacks = way.lacks.map(({ what, next }) => missing(what, next));
  const name = cleanText(way.name, 80);
  return [
    ...(lacks.length > 0 ? lacks : [ok(`Bastion ${name} takes native clients.`)]),
    subnetPart(name, knowledge.ownNsg),
    targetPart(way, knowledge, family),
  ];
}

function subnetPart(name: string, told: BastionKnowledge['ownNsg']): ReadinessFact {
  const { ok, missing, unknown } = factsOf('bastionSubnet', 'network');
  if (told === null || 'unknown' in told) {
    const why = told === null ? 'it has none' : cleanText(told.unknown, 80);
    return unknown(`The subnet of Bastion ${name} could not be read (${why}).`);
  }
  if (told.facts === null) return ok(`No NSG is on the subnet of Bastion ${name}.`);
  const { id, rules } = told.facts;
  const states = bastionFlows.map((flow) => ({ flow, state: flowState(flow, rules) }));
  const namesOf = (state: string): string =>
    states
      .filter((one) => one.state === state)
      .map(({ flow }) => flow.name)
      .join('; ');
  const nsg = cleanText(id.slice(id.lastIndexOf('/') + 1), 80);
  const next = 'Let it through by a rule of its own; Postern never writes to this NSG.';
  if (namesOf('denied') !== '') {
    return missing(
      `NSG ${nsg} on the subnet of Bastion ${name} denies: ${namesOf('denied')}.`,
      next,
    );
  }
  return namesOf('unsure') === ''
    ? ok(`NSG ${nsg} lets through what Bastion ${name} needs.`)
    : unknown(`NSG ${nsg} may deny a part of: ${namesOf('unsure')}.`, next);
}

/** From the subnet of the Bastion to the port of the machine, through each NSG on the way. */
function targetPart(
  { id: bastionId, name }: BastionWay,
  { index, targetNsgs }: BastionKnowledge,
  family: 'windows' | 'linux' | 'unknown',
): ReadinessFact {
  const { ok, missing, unknown } = factsOf('bastionToVm', 'network');
  const facts = 'facts' in index ? index.facts : { bastions: [], machine: null };
  const prefixes = facts.bastions
    .filter(({ id }) => id.toLowerCase() === bastionId)
    .flatMap((one) => one.prefixes);
  const addresses = facts.machine?.addresses ?? [];
  if ('unknown' in targetNsgs) {
    return unknown(
      `The NSGs of the machine could not be read (${cleanText(targetNsgs.unknown, 80)}).`,
    );
  }
  if (family === 'unknown' || prefixes.length === 0 || addresses.length === 0) {
    return unknown('The addresses of Bastion and machine, or what it runs, are not known.');
  }
  const port = family === 'windows' ? 3_389 : 22;
  const wanted = ruleOf(prefixes, addresses, port);
  const closed = targetNsgs.facts.filter(({ rules }) => !admits(wanted, rules));
  if (closed.length === 0) return ok(`Port ${port} is open to the subnet of Bastion ${name}.`);
  const names = closed.map(({ id }) => cleanText(id.slice(id.lastIndexOf('/') + 1), 80)).join(', ');
  return missing(
    `Port ${port} is not open to the subnet of Bastion ${name} in ${names}.`,
    'A window whose source is that subnet opens it for a time; a rule of your own for good.',
  );
}

function ruleOf(
  sources: readonly string[],
  destinations: readonly string[],
  port: number,
): SecurityRule {
  return {
    name: '',
    priority: 0,
    direction: 'Inbound',
    access: 'Allow',
    protocol: 'Tcp',
    sources,
    sourceAsgIds: [],
    sourcePorts: ['*'],
    destinations,
    destinationAsgIds: [],
    destinationPorts: [`${port}`],
    description: '',
  };
}
