import { factsOfRow } from '../../../shared/domain/audit/rowFacts';
import { decide } from '../../../shared/domain/policy/decide';
import { isRefusal, ruleFor } from '../../../shared/domain/policy/ruleFor';
import { refusedVm } from '../../../shared/domain/policy/targetsFor';
import { vmsOf } from '../../../shared/domain/policy/vmFacts';
import type { Policy } from '../../../shared/domain/policy/policy';
import type { TargetRefusal } from '../../../shared/domain/grant';
import type { HintRow } from '../../../shared/domain/hint';
import type { Now } from '../../../shared/domain/instant';
import { refusedWindow } from '../../../shared/domain/intake/newWindow';
import type { Request } from '../../../shared/domain/intake/newWindow';
import { cleanText } from '../../../shared/domain/text';
import type { ScheduleRequest } from '../../../shared/ports/directory';
import type { TargetRow } from '../../../shared/ports/inventory';
import type { Starter } from '../../../shared/ports/starter';
import { noteRefusedWindow } from '../../../shared/notices/noteOwing';
import type { World } from '../../../shared/ports/world';
import { grantWindow, writeWindow } from './grantWindow';
import { mustRecord } from '../../../shared/mustRecord';
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
    completeWith: completeWith(rows),
  });
  if (!decision.granted) {
    return refuseWindow(world, { policy, request }, decision.rule, decision.refusals);
  }
  const { answeredAt } = activation;
  const granting = { policy, request, activation: origin, answeredAt, rows };
  const granted = await grantWindow(world, starter, granting, decision.grant);
  if (granted.kind === 'granted') return end('granted', granted.row.id);
  if (granted.kind === 'taken') return again(1_000);
  const refusals = [refusedVm({ vmId: '' }, granted.refusal)];
  return refuseWindow(world, { policy, request }, decision.grant.policyRule, refusals);
}

/** A refusal is a row too, at its end from the first; its live row, if there was one, goes after it. */
async function refuseWindow(
  world: World,
  { policy, request }: { readonly policy: Policy; readonly request: Request },
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
  await noteRefusedWindow(world, row.id, request.person.objectId);
  return end('refused', row.id);
}

const namedMax = 5;

/** The exact line that completes a request which lacks an address: the call itself tells it. */
function completeWith(rows: readonly TargetRow[]): string {
  const names = [...new Set(rows.map(({ name }) => cleanText(name, 64)))].slice(0, namedMax);
  const vms = names.length > 0 ? names : ['<VM>'];
  return `POST /api/windows ${JSON.stringify({ vms, duration: '1h', reason: '<why>' })}`;
}
