import type { AlarmName } from '../../../shared/domain/alarms';
import { deadlineOf, isExtending } from '../../../shared/domain/window/deadline';
import { windowPhase, outcomeOf } from '../../../shared/domain/window/phase';
import { isSamePlacement } from '../../../shared/domain/window/judgeRow';
import { isProvedLate, lastSeenAt, overrunMs } from '../../../shared/domain/window/overrun';
import type { CloseReason, Placement, WindowRow } from '../../../shared/domain/window/windowRow';
import type { LogFields } from '../../../shared/ports/log';
import type { World } from '../../../shared/ports/world';
import { raiseOnce } from '../../../shared/raiseOnce';
import { nowOfWorld } from '../../../shared/nowOfWorld';
import { iso } from './run';

/** Reasons that a person must hear of, and the alarm each raises. */
const alarmOf: Readonly<Partial<Record<CloseReason, AlarmName>>> = {
  removedByOthers: 'removedByOthers',
  changedByOthers: 'changedByOthers',
  clockSkew: 'skew',
  voucherInvalid: 'voucherInvalid',
};

/**
 * One line for each thing that became true between two saved versions of a row. Called after the
 * save, so that a line is written once, by the worker whose save counted.
 */
export function tell(world: World, before: WindowRow, after: WindowRow): void {
  const { log } = world;
  const windowId = after.id;
  if (before.placements.length === 0 && after.placements.length > 0) tellPlan(world, after);
  for (const refusal of after.refusals.slice(before.refusals.length)) {
    log.warn('window.targetRefused', {
      windowId,
      vmId: refusal.vmId,
      refusal: refusal.code,
      rule: refusal.rule,
      next: refusal.next,
    });
  }
  for (const placement of after.placements) {
    const earlier = before.placements.find((other) => isSamePlacement(other, placement));
    if (earlier !== undefined) tellPlacement(world, after, earlier, placement);
  }
  tellExtend(world, before, after);
  if (before.closingAt === null && after.closingAt !== null) tellClosing(world, after);
  tellPhase(world, before, after);
}

/** What became of the wish for a later deadline. The wish itself is told by whoever wrote it. */
function tellExtend({ log }: World, before: WindowRow, after: WindowRow): void {
  const { id, until, wantedUntil, generation } = after;
  const fields = { windowId: id, generation };
  const origins = [before.grant.origin, after.grant.origin];
  const [from, to] = origins.map((one) => (one.kind === 'activation' ? one.endAt : 0));
  if (from !== undefined && to !== undefined && from !== to) {
    const ends = { activationEnded: iso(from), activationEnds: iso(to) };
    log.info('window.extendedByPim', { ...fields, ...ends, wantedUntil: iso(wantedUntil) });
  }
  if (before.until !== null && before.until !== until) {
    log.info('window.extended', { ...fields, from: iso(before.until), until: iso(until) });
  }
  if (after.until !== null && wantedUntil < before.wantedUntil && isExtending(before)) {
    const wanted = iso(before.wantedUntil);
    log.warn('window.notExtended', { ...fields, wanted, until: iso(wantedUntil) });
  }
}

function tellPlan({ log }: World, { id, placements, grant }: WindowRow): void {
  for (const { vmId, powerState } of grant.targets) {
    // It is opened all the same: the person may be about to start it.
    if (powerState !== '' && !/running$/i.test(powerState)) {
      log.warn('window.vmNotRunning', { windowId: id, vmId, powerState });
    }
  }
  for (const { nsgId, rule, admittedAnyway, targets } of placements) {
    log.info('window.planned', {
      windowId: id,
      nsgId,
      rule: rule.name,
      priority: rule.priority,
      protocol: rule.protocol,
      ports: rule.destinationPorts,
      sources: rule.sources,
      destinations: rule.destinations,
      vms: targets.map(({ vmId }) => vmId),
      admittedAnyway,
    });
  }
}

function tellPlacement(world: World, row: WindowRow, before: Placement, after: Placement): void {
  const { log } = world;
  const windowId = row.id;
  const overrunSeconds = Math.ceil(overrunMs(row, after, world.clock.now()) / 1000);
  const fields = { windowId, nsgId: after.nsgId, rule: after.rule.name };
  for (const name of after.alarms.slice(before.alarms.length)) {
    log.alarm(name, {
      ...fields,
      ...(name === 'overrun' ? sightingOf(world, row, after) : {}),
      overrunSeconds,
      faultKind: after.fault?.kind,
      azureCode: after.fault?.code,
    });
  }
  if (before.goneBy === undefined) tellGoneInTime(world, row, after);
  if (before.nsgId !== after.nsgId) log.warn('rule.followed', { ...fields, from: before.nsgId });
  if (before.rule.priority !== after.rule.priority) {
    log.warn('rule.replanned', { ...fields, priority: after.rule.priority });
  }
  if (before.phase === after.phase) return;
  switch (after.phase) {
    case 'open':
      log.info('rule.open', {
        ...fields,
        putAt: iso(after.putAcceptedAt),
        provedAt: iso(after.openedAt),
      });
      break;
    case 'gone':
      log.info('rule.gone', { ...fields, seenAt: iso(after.goneAt) });
      break;
    case 'disarmed':
      log.warn('rule.disarmed', fields);
      break;
    case 'closed':
      log.info('rule.closed', {
        ...fields,
        kind: after.closedKind,
        provedAt: iso(after.closedAt),
        overrunSeconds,
      });
      break;
    case 'closing':
      if (before.phase === 'gone') log.warn('rule.cameBack', fields);
      break;
    case 'planned':
    case 'putting':
      break;
  }
}

/** Between which times the rule went, and whether it may have gone before its deadline all the same. */
function sightingOf(world: World, row: WindowRow, placement: Placement): LogFields {
  return {
    lastSeenAt: iso(lastSeenAt(placement)),
    provedAt: iso(placement.closedAt),
    provedLate: isProvedLate(row, placement, nowOfWorld(world)),
    caller: placement.goneBy?.caller,
  };
}

/** Nobody here saw it go, and yet it went in time: that is no alarm, and this says who did it. */
function tellGoneInTime({ log }: World, row: WindowRow, { nsgId, rule, goneBy }: Placement): void {
  if (goneBy === undefined || goneBy.at > deadlineOf(row)) return;
  const { caller, at } = goneBy;
  log.info('rule.goneInTime', { windowId: row.id, nsgId, rule: rule.name, caller, at: iso(at) });
}

function tellClosing(world: World, row: WindowRow): void {
  const { id, closeReason, closingAt, generation } = row;
  const fields = { windowId: id, reason: closeReason, at: iso(closingAt), generation };
  world.log.info('window.closing', { ...fields, until: iso(row.until ?? row.wantedUntil) });
  const alarm = closeReason === null ? undefined : alarmOf[closeReason];
  // Clocks that disagree close every window at once, for one cause.
  if (alarm === 'skew') raiseOnce(world, alarm, fields);
  else if (alarm !== undefined) world.log.alarm(alarm, fields);
}

function tellPhase(world: World, before: WindowRow, after: WindowRow): void {
  // A window whose rules are disarmed lets nobody in, but its end is when they are gone: told once.
  if (before.concludedAt === null && after.concludedAt !== null) {
    if (after.closeReason === 'approvalExpired') {
      const fields = { windowId: after.id, personId: after.grant.person.objectId };
      world.log.warn('window.approvalExpired', fields);
    }
    return tellEnd(world, after);
  }
  const phase = windowPhase(after);
  if (phase !== 'open' || phase === windowPhase(before)) return;
  const fields = { windowId: after.id, personId: after.grant.person.objectId };
  world.log.info('window.open', { ...fields, until: iso(after.until) });
}

/**
 * How a window ended. Told with the save that ended it, and again by whoever finds a row at its end
 * that is still listed as living: the one who saved it may have died before this line.
 */
export function tellEnd({ log }: Pick<World, 'log'>, row: WindowRow): void {
  const phase = windowPhase(row);
  if (phase !== 'closed' && phase !== 'refused') return;
  log.info(`window.${phase}`, {
    windowId: row.id,
    personId: row.grant.person.objectId,
    outcome: outcomeOf(row),
    // What became of extends, should whoever was to tell it have died before its line.
    until: iso(row.until ?? row.wantedUntil),
    concludedAt: iso(row.concludedAt),
  });
}
