import { lastSegment, parseArmId, sameArmId } from '../armId';
import { contains, parsePrefix } from '../policy/prefix';
import { cleanText } from '../text';
import type { BastionFacts, MachineFacts } from './facts';
import { missing, type Missing } from './missing';

/** A Bastion that leads to a machine, and what keeps a native client from using it. */
export type BastionWay = {
  /** Lower case. */
  readonly id: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly name: string;
  /** The window itself lets its subnet in. */
  readonly letIn: boolean;
  readonly lacks: readonly Missing[];
};

/** Bastions without use for a native client are told of up to here. */
const lackingMax = 3;
const nativeSkus: readonly string[] = ['standard', 'premium'];

/**
 * The Bastions by which a machine is reached: the window lets them in, or they stand in the
 * machine's network or one peered with it. If one can be used, those that cannot are of no interest.
 */
export function bastionsFor(
  bastions: readonly BastionFacts[],
  machine: MachineFacts | null,
  sources: readonly string[],
): BastionWay[] {
  const vnetIds = (machine?.subnetIds ?? []).map(vnetOf);
  const ways = bastions
    .filter((one) => isLetIn(one, sources) || vnetIds.some((id) => reaches(one, id)))
    .flatMap((one) => wayOf(one, sources))
    .sort((one, other) => rank(one) - rank(other) || (one.name < other.name ? -1 : 1));
  const usable = ways.filter(({ lacks }) => lacks.length === 0);
  return usable.length > 0 ? usable.slice(0, 1) : ways.slice(0, lackingMax);
}

/** Does this source hold nothing but the subnet of a Bastion? Then nobody comes from it directly. */
export function isBastionSource(source: string, bastions: readonly BastionFacts[]): boolean {
  return bastions.some(({ prefixes }) => prefixes.some((prefix) => lies(prefix, source)));
}

function isLetIn({ prefixes }: BastionFacts, sources: readonly string[]): boolean {
  return (
    prefixes.length > 0 &&
    prefixes.every((prefix) => sources.some((source) => lies(source, prefix)))
  );
}

function lies(outer: string, inner: string): boolean {
  const [one, other] = [parsePrefix(outer), parsePrefix(inner)];
  return typeof one !== 'string' && typeof other !== 'string' && contains(one, other);
}

function reaches({ vnetId, peerIds }: BastionFacts, machineVnetId: string): boolean {
  if (machineVnetId === '') return false;
  return [vnetId, ...peerIds].some((id) => id !== '' && sameArmId(id, machineVnetId));
}

function vnetOf(subnetId: string): string {
  return subnetId.slice(0, Math.max(subnetId.toLowerCase().lastIndexOf('/subnets/'), 0));
}

/** An id that is not one of Azure's gives no way: it would stand in a line. */
function wayOf(bastion: BastionFacts, sources: readonly string[]): BastionWay[] {
  const parsed = parseArmId(bastion.id);
  const isBastion = /\/providers\/Microsoft\.Network\/bastionHosts\/[^/]+$/i.test(bastion.id);
  if (parsed === null || !isBastion || parsed.resourceGroup === '') return [];
  const name = parsed.providers[0]?.segments[0]?.name ?? lastSegment(bastion.id);
  const { subscriptionId, resourceGroup } = parsed;
  const letIn = isLetIn(bastion, sources);
  const id = bastion.id.toLowerCase();
  return [{ id, subscriptionId, resourceGroup, name, letIn, lacks: lacksOf(bastion, name) }];
}

function lacksOf({ sku, state, tunneling }: BastionFacts, name: string): Missing[] {
  const shown = { sku: cleanText(sku, 40) || 'unknown', state: cleanText(state, 40) };
  const isNative = nativeSkus.includes(sku.toLowerCase());
  return [
    ...(isNative ? [] : [missing('bastionSku', { name, sku: shown.sku })]),
    ...(isNative && !tunneling ? [missing('bastionNativeOff', { name })] : []),
    ...(state.toLowerCase() === 'succeeded'
      ? []
      : [missing('bastionNotReady', { name, state: shown.state || 'unknown' })]),
  ];
}

function rank({ lacks, letIn }: BastionWay): number {
  return (lacks.length > 0 ? 2 : 0) + (letIn ? 0 : 1);
}
