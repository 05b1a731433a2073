import type { AuditFacts } from '../../../shared/domain/audit/auditRecord';
import { factsBetween, factsOfRow, putFact } from '../../../shared/domain/audit/rowFacts';
import type { EffectStep } from '../../../shared/domain/window/apply';
import type { Placement, WindowRow } from '../../../shared/domain/window/windowRow';
import { mustRecord, tellUnwritten } from '../../../shared/mustRecord';
import type { Run } from './run';

/** Less than this is not worth a call. */
const leastMs = 50;

/**
 * Records what a row says has happened, after it was saved; `before`: as it was, for what only the
 * change tells. False if that could not be done in the time that the step has left: then whoever
 * looks at the row next does it. Never throws: nothing that closes waits for this.
 */
export async function recordRow(
  { world, audit }: Run,
  before: WindowRow | null,
  row: WindowRow,
  more: readonly AuditFacts[] = [],
): Promise<boolean> {
  if (audit.leftMs < leastMs) return false;
  const beganAt = world.clock.now();
  const changed = before === null ? [] : factsBetween(before, row, beganAt);
  const facts = [...factsOfRow(row, beganAt), ...changed, ...more];
  try {
    await world.audit.append(row, facts, audit.leftMs);
    return true;
  } catch (error) {
    tellUnwritten(world, row.id, error);
    return false;
  } finally {
    audit.leftMs -= Math.max(0, world.clock.now() - beganAt);
  }
}

/**
 * Records a PUT that lets somebody in, before it is sent: throws `Fault` where that cannot be done,
 * and then nothing is sent. `placement` announces it.
 */
export async function recordPut(
  { world }: Run,
  row: WindowRow,
  placement: Placement,
  step: Extract<EffectStep, { readonly do: 'putRule' | 'extendRule' }>,
): Promise<void> {
  const now = world.clock.now();
  await mustRecord(world, row, [...factsOfRow(row, now), putFact(row, placement, step, now)]);
}
