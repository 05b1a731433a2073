import type { ActivationFacts } from '../../../shared/domain/grant';
import { assignmentKeyBehind, windowIdOf } from '../../../shared/domain/identity';
import { grantedWindow, type Request, wasRefused } from '../../../shared/domain/intake/newWindow';
import type { GrantParts } from '../../../shared/domain/policy/decide';
import type { Policy } from '../../../shared/domain/policy/policy';
import type { Refusal } from '../../../shared/domain/refusal';
import type { WindowRow } from '../../../shared/domain/window/windowRow';
import type { TargetRow } from '../../../shared/ports/inventory';
import type { Starter } from '../../../shared/ports/starter';
import { noteWindow } from '../../../shared/notices/noteOwing';
import type { World } from '../../../shared/ports/world';
import { admit } from './admit';
import { heedEndHint } from './endWindows';
import { vouchFor } from './vouchFor';

/** What policy has granted, and what it was asked with. */
export type Granting = {
  readonly policy: Policy;
  readonly request: Request;
  /**
   * The activation that the window stands on, and the `Date` of the answer that listed it; `null`: it
   * stands on a group claim.
   */
  readonly activation: ActivationFacts | null;
  readonly answeredAt: number | null;
  readonly rows: readonly TargetRow[];
  /** When it was asked for, epoch ms: the window's beginning. Now, where nobody waited for it. */
  readonly at?: number;
};

export type Granted =
  | { readonly kind: 'granted'; readonly row: WindowRow }
  /** A cap, or no room on the calendar. The live row is there: whoever asked sees to it. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** Another row of this id came first. */
  | { readonly kind: 'taken' };

/** Live row, caps, calendar, row, sleeper: in this order, each only if absent. Throws `Fault`. */
export async function grantWindow(
  world: World,
  starter: Starter,
  { policy, request, activation, answeredAt, rows, at }: Granting,
  parts: GrantParts,
): Promise<Granted> {
  const { clock, log } = world;
  const id = windowIdOf(request.origin);
  const assignmentKey = assignmentKeyBehind(activation);
  const admission = await admit(world, { policy, request, assignmentKey, parts, rows });
  if (admission.kind === 'refused') return admission;
  const granted = grantedWindow(request, parts, at ?? clock.now(), admission);
  const listed = answeredAt === null ? granted : { ...granted, listedAt: answeredAt };
  const row = activation === null ? vouchFor(world, listed) : listed;
  if (!(await writeWindow(world, row))) return { kind: 'taken' };
  // A delete hint may have been judged between our question and our row.
  if (activation !== null) {
    await heedEndHint(world, starter, activation.roleAssignmentId, id);
  }
  await starter.start('accessWindow', id, { id, successor: 0 });
  await noteWindow(world, id);
  log.info('window.granted', {
    windowId: id,
    personId: request.person.objectId,
    roleAssignmentId: activation?.roleAssignmentId ?? null,
    askedBy: request.origin.kind,
    policyRule: parts.policyRule,
    sources: parts.source.prefixes,
    wonBy: parts.source.wonBy,
    vms: parts.targets.map(({ vmId, powerState }) => ({ vmId, powerState })),
    refused: parts.refusedTargets.map(({ vmId, code: refused }) => ({ vmId, refused })),
    until: new Date(parts.untilAt).toISOString(),
    closeFrom: row.closeFrom === null ? null : new Date(row.closeFrom).toISOString(),
  });
  return { kind: 'granted', row };
}

/** Inserts the row, or puts it in the place of an earlier refusal; false: another row came first. */
export async function writeWindow(
  { ledger }: Pick<World, 'ledger'>,
  row: WindowRow,
): Promise<boolean> {
  if ((await ledger.windows.insert(row)) !== 'exists') return true;
  const known = await ledger.windows.get(row.id);
  if (known === null || !wasRefused(known.row)) return false;
  return (await ledger.windows.replace(row, known.etag)) !== 'changed';
}
