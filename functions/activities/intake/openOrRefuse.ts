import { factsOfRow } from '../../../shared/domain/audit/rowFacts';
import { decide } from '../../../shared/domain/policy/decide';
import type { GrantParts } from '../../../shared/domain/policy/decide';
import { isRefusal, ruleFor } from '../../../shared/domain/policy/ruleFor';
import { refusedVm } from '../../../shared/domain/policy/targetsFor';
import { vmsOf } from '../../../shared/domain/policy/vmFacts';
import type { Policy } from '../../../shared/domain/policy/policy';
import type { TargetRefusal } from '../../../shared/domain/grant';
import type { HintRow } from '../../../shared/domain/hint';
import { windowIdOf } from '../../../shared/domain/identity';
import type { Now } from '../../../shared/domain/instant';
import { grantedWindow, refusedWindow, wasRefused } from '../../../shared/domain/intake/newWindow';
import type { Request } from '../../../shared/domain/intake/newWindow';
import type { WindowRow } from '../../../shared/domain/window/windowRow';
import type { ScheduleRequest } from '../../../shared/ports/directory';
import type { TargetRow } from '../../../shared/ports/inventory';
import type { Starter } from '../../../shared/ports/starter';
import type { World } from '../../../shared/ports/world';
import { mustRecord } from '../../../shared/mustRecord';
import { admit } from './admit';
import { heedEndHint } from './endWindows';
import type { Activation } from './judgeLook';
import { queueForQuery } from './queue';
import { refusalFields } from './refusalFields';
import { requestOf } from './requestOf';
import { again, end } from './verdict';
import type { Verdict } from './verdict';

/** The index is read up to here; an activation over more than this is too broad whatever it holds. */
const rowsMax = 4_000;

/** A confirmed activation and what policy is asked with. */
export type Case = {
  readonly policy: Policy;
  readonly activation: Activation;
  readonly now: Now;
  readonly address: string | null;
  /** The person's request, `null` where nobody has read it. */
  readonly asked: ScheduleRequest | null;
  readonly hint: HintRow;
};

/** Asks policy and writes what it says: a window that opens, or one that never will. */
export async function openOrRefuse(
  world: World,
  starter: Starter,
  { policy, activation, now, address, asked, hint }: Case,
): Promise<Verdict> {
  const { asker, origin, instance } = activation;
  // Who may not open anything at all costs no query of the index.
  const asks = !isRefusal(ruleFor(policy, asker));
  const queued = asks ? queueForQuery(world, hint) : null;
  if (queued !== null) return queued;
  const request = await requestOf(world, activation, asked);
  const rows = asks ? await world.inventory.listTargets(asker.scope, rowsMax) : [];
  const decision = decide(policy, {
    ...asker,
    endAt: instance.endAt,
    now,
    address,
    vms: vmsOf(rows),
    vmsCut: rows.length >= rowsMax,
    completeWith: completeWith(origin.roleAssignmentId),
  });
  return decision.granted
    ? grantWindow(world, starter, { policy, activation, request, hint, rows }, decision.grant)
    : refuseWindow(world, { policy, request }, decision.rule, decision.refusals);
}

type Granting = {
  readonly policy: Policy;
  readonly activation: Activation;
  readonly request: Request;
  readonly hint: HintRow;
  readonly rows: readonly TargetRow[];
};

/** Live row, caps, calendar, row, sleeper: in this order, each only if absent. */
async function grantWindow(
  world: World,
  starter: Starter,
  { policy, activation, request, hint, rows }: Granting,
  parts: GrantParts,
): Promise<Verdict> {
  const { clock, log } = world;
  const id = windowIdOf(request.origin);
  const { assignmentKey } = activation;
  const admission = await admit(world, { policy, request, assignmentKey, parts, rows });
  if (admission.kind === 'refused') {
    const refusals = [refusedVm({ vmId: '' }, admission.refusal)];
    return refuseWindow(world, { policy, request }, parts.policyRule, refusals);
  }
  const granted = grantedWindow(request, parts, clock.now(), admission);
  const row = { ...granted, listedAt: activation.answeredAt };
  if (!(await writeWindow(world, row))) return again(1_000);
  // A delete hint may have been judged between our question and our row.
  await heedEndHint(world, starter, hint.roleAssignmentId, id);
  await starter.start('accessWindow', id, { id, successor: 0 });
  log.info('window.granted', {
    windowId: id,
    personId: request.person.objectId,
    roleAssignmentId: activation.origin.roleAssignmentId,
    policyRule: parts.policyRule,
    sources: parts.source.prefixes,
    wonBy: parts.source.wonBy,
    vms: parts.targets.map(({ vmId, powerState }) => ({ vmId, powerState })),
    refused: parts.refusedTargets.map(({ vmId, code: refused }) => ({ vmId, refused })),
    until: new Date(parts.untilAt).toISOString(),
    closeFrom: row.closeFrom === null ? null : new Date(row.closeFrom).toISOString(),
  });
  return end('granted', id);
}

/** A refusal is a row too, at its end from the first; its live row, if there was one, goes after it. */
async function refuseWindow(
  world: World,
  { policy, request }: Pick<Granting, 'policy' | 'request'>,
  rule: string,
  refusals: readonly TargetRefusal[],
): Promise<Verdict> {
  const { ledger, clock, log } = world;
  const row = refusedWindow(request, policy, rule, refusals, clock.now());
  // Nobody looks at this row again: it is on record before it is there, or the whole look is repeated.
  await mustRecord(world, row, factsOfRow(row, row.createdAt));
  if (!(await writeWindow(world, row))) return again(1_000);
  const live = await ledger.live.get(row.id);
  if (live !== null) await ledger.live.remove(row.id, live.etag);
  for (const said of refusals) {
    const { vmId } = said;
    log.info('intake.refused', {
      windowId: row.id,
      policyRule: rule,
      vmId,
      ...refusalFields(said),
    });
  }
  return end('refused', row.id);
}

/** Inserts the row, or puts it in the place of an earlier refusal; false: another row came first. */
async function writeWindow({ ledger }: World, row: WindowRow): Promise<boolean> {
  if ((await ledger.windows.insert(row)) !== 'exists') return true;
  const known = await ledger.windows.get(row.id);
  if (known === null || !wasRefused(known.row)) return false;
  return (await ledger.windows.replace(row, known.etag)) !== 'changed';
}

/** The exact line that completes a request which lacks an address. */
function completeWith(roleAssignmentId: string): string {
  const body = JSON.stringify({ roleAssignmentId, source: '<your address>/32' });
  return `POST /api/windows ${body}`;
}
