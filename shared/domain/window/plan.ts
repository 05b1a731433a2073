import type { TargetRefusal } from '../grant';
import { groupBy } from '../group';
import { ruleNameOf } from '../identity';
import type { SecurityRule } from '../networkSecurityGroup';
import { familyOf } from '../nsg/address';
import { admits, shadowedBy } from '../nsg/evaluate';
import { refusal } from '../refusal';
import { type Attachment, attachmentsOf, isAmbiguous, refusalOfNsg } from './attachments';
import { type PlanReadings, readingOf } from './planReadings';
import type { Reason } from './planRefusal';
import { freePriority, rulesPerNsgMax } from './priority';
import { type MarkerSigner, signedMarker } from './signedMarker';
import { type Slot, slotsOf, slotsPerNsgMax } from './slots';
import type { Placement, PlacementTarget, WindowRow } from './windowRow';

/** More rules than this in one window are refused. */
export const placementsMax = 40;

export type Plan = {
  readonly placements: readonly Placement[];
  readonly refusals: readonly TargetRefusal[];
};

/**
 * The rules of a window: one per NSG and slot, with all the VMs of that NSG as destinations. VMs
 * that cannot be opened are refused by name and the rest goes on. Pure: what was read comes in.
 */
export function planWindow(
  row: WindowRow,
  deployment: string,
  signer: MarkerSigner,
  readings: PlanReadings,
): Plan {
  const refused = new Map<string, Reason>();
  let attachments: Attachment[] = [];
  for (const target of row.grant.targets) {
    const found = attachmentsOf(target, readings);
    if (Array.isArray(found)) attachments.push(...found);
    else refused.set(target.vmId, found);
  }
  // Each refusal takes a VM out of every NSG, so the rest is planned again until nothing is refused.
  for (;;) {
    attachments = attachments.filter(({ target }) => !refused.has(target.vmId));
    const before = refused.size;
    const placements = placementsOf(row, deployment, signer, readings, attachments, refused);
    if (refused.size === before) return { placements, refusals: refusalsOf(refused) };
  }
}

function refusalsOf(refused: ReadonlyMap<string, Reason>): TargetRefusal[] {
  return [...refused].map(([vmId, reason]) => ({ vmId, ...reason }));
}

function placementsOf(
  row: WindowRow,
  deployment: string,
  signer: MarkerSigner,
  readings: PlanReadings,
  attachments: readonly Attachment[],
  refused: Map<string, Reason>,
): Placement[] {
  const slots = slotsOf(row.grant);
  refuseByFamily(attachments, slots, refused);
  const placements: Placement[] = [];
  for (const [, guarded] of groupBy(attachments, ({ nsgId }) => nsgId.toLowerCase())) {
    const found = placementsInNsg(row, deployment, signer, readings, guarded, slots, refused);
    if (Array.isArray(found)) placements.push(...found);
    else for (const { target } of guarded) refused.set(target.vmId, found);
  }
  if (placements.length > placementsMax) {
    const { length } = placements;
    const tooMany = refusal('tooManyPlacements', { placements: length, cap: placementsMax });
    for (const { target } of attachments) {
      refused.set(target.vmId, tooMany);
    }
  }
  return placements;
}

/** A VM needs at least one address that a source can reach. */
function refuseByFamily(
  attachments: readonly Attachment[],
  slots: readonly Slot[],
  refused: Map<string, Reason>,
): void {
  const wanted = new Set(slots.map(({ family }) => family));
  for (const [vmId, own] of groupBy(attachments, ({ target }) => target.vmId)) {
    const has = own.some(({ addresses }) =>
      addresses.some((address) => wanted.has(familyOf(address) ?? 4)),
    );
    const sources = slots.flatMap((slot) => slot.sources);
    if (!has) refused.set(vmId, refusal('addressFamily', { sources }));
  }
}

function placementsInNsg(
  row: WindowRow,
  deployment: string,
  signer: MarkerSigner,
  readings: PlanReadings,
  guarded: readonly Attachment[],
  slots: readonly Slot[],
  refused: Map<string, Reason>,
): Placement[] | Reason {
  const nsgId = guarded[0]?.nsgId ?? '';
  const unfit = refusalOfNsg(nsgId, guarded, readings, row.grant.locks);
  if (unfit !== null) return unfit;
  for (const attachment of guarded) {
    if (!isAmbiguous(attachment, guarded, readings)) continue;
    const address = attachment.addresses.join(', ');
    refused.set(attachment.target.vmId, refusal('addressAmbiguous', { address, nsg: nsgId }));
  }
  const nsg = readingOf(readings.nsgs, nsgId);
  if (nsg.kind !== 'ok') return refusal('vanished');
  const { rules, defaultRules } = nsg.value;
  const used = slots
    .map((slot) => ({ slot, targets: targetsOf(guarded, slot) }))
    .filter(({ targets }) => targets.length > 0);
  if (used.length > slotsPerNsgMax) return refusal('tooManySlots', { nsg: nsgId });
  if (rules.length + used.length > rulesPerNsgMax) {
    return refusal('ruleCountLimit', { nsg: nsgId, rules: rules.length });
  }
  const taken = new Set<number>();
  const placements: Placement[] = [];
  for (const { slot, targets } of used) {
    const name = ruleNameOf(deployment, row.id, slot.index);
    const priority = freePriority(row.grant.band, rules, name, row.plans, taken);
    if (priority === null) return refusal('bandFull', { nsg: nsgId, ...row.grant.band });
    taken.add(priority);
    const description = signedMarker(row, deployment, signer, nsgId, name);
    const rule = ruleOf(name, priority, slot, targets, description);
    const shadow = shadowedBy(rule, rules);
    if (shadow !== null) return refusal('shadowed', { rule: shadow.name, nsg: nsgId });
    const admittedAnyway = admits(rule, [...rules, ...defaultRules]);
    placements.push(newPlacement(nsgId, slot.index, rule, targets, admittedAnyway));
  }
  return placements;
}

/** The VMs of one NSG that a slot can reach, each with its addresses of the slot's family. */
function targetsOf(guarded: readonly Attachment[], slot: Slot): PlacementTarget[] {
  return guarded.flatMap(({ target, nicId, addresses }) => {
    const own = addresses.filter((address) => familyOf(address) === slot.family);
    const { vmId, vmGuid } = target;
    return own.length > 0 ? [{ vmId, vmGuid, nicId, addresses: own }] : [];
  });
}

function ruleOf(
  name: string,
  priority: number,
  slot: Slot,
  targets: readonly PlacementTarget[],
  description: string,
): SecurityRule {
  return {
    name,
    priority,
    direction: 'Inbound',
    access: 'Allow',
    protocol: slot.portSet.protocol,
    sources: slot.sources,
    sourceAsgIds: [],
    sourcePorts: ['*'],
    destinations: [...new Set(targets.flatMap(({ addresses }) => addresses))].sort(),
    destinationAsgIds: [],
    destinationPorts: slot.portSet.ports,
    description,
  };
}

function newPlacement(
  nsgId: string,
  slot: number,
  rule: SecurityRule,
  targets: readonly PlacementTarget[],
  admittedAnyway: boolean,
): Placement {
  return {
    nsgId,
    slot,
    rule,
    nextRule: null,
    targets,
    phase: 'planned',
    lastPutAt: null,
    lastDeleteAt: null,
    disarmAt: null,
    putCount: 0,
    deleteCount: 0,
    putAcceptedAt: null,
    openedAt: null,
    deleteAcceptedAt: null,
    goneAt: null,
    closedAt: null,
    closedKind: null,
    nsgMissingSince: null,
    admittedAnyway,
    fault: null,
    faults: 0,
    notBefore: null,
    confirmedAt: null,
    unconfirmedSince: null,
    alarms: [],
  };
}
