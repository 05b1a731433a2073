import { isIP } from 'node:net';
import { parseArmId } from '../armId';
import { kindOf, parsePrefix } from '../policy/prefix';
import type { WindowRow } from '../window/windowRow';
import { bastionsFor, isBastionSource, type BastionWay } from './bastionsFor';
import type { ConnectKnowledge, MachineFacts } from './facts';
import type { LineTarget } from './lines';
import type { Os } from './osOf';
import { isHostName } from './rdpFile';

export type Way = 'public' | 'private';

/** What the lines of one machine are made of. */
export type Situation = {
  readonly target: LineTarget;
  readonly os: Os;
  readonly row: WindowRow;
  /** How people come who come by themselves; none where only a Bastion is let in. */
  readonly ways: readonly Way[];
  /** Private addresses, those that the sources can reach first. */
  readonly addresses: readonly string[];
  /** `''` where unknown or none that Windows allows. */
  readonly hostName: string;
  readonly bastions: readonly BastionWay[];
};

/** Rebuilt from an id of Azure's grammar; `null` for anything else. */
export function lineTargetOf(vmId: string): LineTarget | null {
  const parsed = parseArmId(vmId);
  const isVm = /^\/providers\/Microsoft\.Compute\/virtualMachines\/[^/]+$/i;
  const from = vmId.toLowerCase().lastIndexOf('/providers/');
  const name = parsed?.providers[0]?.segments[0]?.name;
  if (parsed === null || name === undefined || parsed.resourceGroup === '') return null;
  if (parsed.providers.length !== 1 || !isVm.test(vmId.slice(from))) return null;
  const { subscriptionId, resourceGroup } = parsed;
  return { id: vmId, subscriptionId, resourceGroup, name };
}

/** Puts together what is known of one machine of a window. */
export function situationOf(
  row: WindowRow,
  target: LineTarget,
  machine: MachineFacts | null,
  os: Os,
  index: ConnectKnowledge['index'],
): Situation {
  const bastions = 'facts' in index ? index.facts.bastions : [];
  const { prefixes } = row.grant.source;
  const direct = prefixes.filter((source) => !isBastionSource(source, bastions));
  const hostName = machine?.computerName ?? '';
  return {
    target,
    os,
    row,
    ways: waysOf(direct),
    addresses: addressesOf(row, target.id, machine, direct),
    hostName: isHostName(hostName) ? hostName : '',
    bastions: bastionsFor(bastions, machine, prefixes),
  };
}

/** From a private range a machine is reached by its private address, else by a public one. */
function waysOf(sources: readonly string[]): Way[] {
  const kinds = sources.map((source) => {
    const prefix = parsePrefix(source);
    return typeof prefix !== 'string' && kindOf(prefix) === 'private' ? 'private' : 'public';
  });
  return (['public', 'private'] as const).filter((way) => kinds.includes(way));
}

/** The addresses that the rules let traffic to, else those of the index. */
function addressesOf(
  { placements }: WindowRow,
  vmId: string,
  machine: MachineFacts | null,
  sources: readonly string[],
): string[] {
  const placed = placements
    .flatMap(({ targets }) => targets)
    .filter((one) => one.vmId.toLowerCase() === vmId.toLowerCase())
    .flatMap(({ addresses }) => addresses);
  const all = placed.length > 0 ? placed : (machine?.addresses ?? []);
  const families = new Set(sources.map((source) => isIP(source.split('/')[0] ?? '')));
  return [...new Set(all)].filter((one) => isIP(one) !== 0 && families.has(isIP(one)));
}
