import { applyFact, type EffectStep, type FactStep } from '../../../shared/domain/window/apply';
import { hostClosingStartOf, signedDeadlineOf } from '../../../shared/domain/window/deadline';
import { isAwaiting } from '../../../shared/domain/window/approval';
import { dropExtend, moveDeadline, withEndLook } from '../../../shared/domain/window/extendRow';
import { isBehind } from '../../../shared/domain/window/extendStep';
import { hurry } from '../../../shared/domain/window/hurry';
import { beginClosing, judgeRow, refusePlacement } from '../../../shared/domain/window/judgeRow';
import { nextStep } from '../../../shared/domain/window/nextStep';
import { withOverrun, withSeen } from '../../../shared/domain/window/overrun';
import { isOpenable } from '../../../shared/domain/window/phase';
import { placementRefusal } from '../../../shared/domain/window/planRefusal';
import { unfounded } from '../../../shared/domain/window/unfounded';
import { replanPlacement } from '../../../shared/domain/window/replan';
import type { Step } from '../../../shared/domain/window/step';
import type { CloseReason, Placement, WindowRow } from '../../../shared/domain/window/windowRow';
import type { Now } from '../../../shared/domain/instant';
import { groundsOf } from '../../../shared/groundsOf';
import { nowOfWorld } from '../../../shared/nowOfWorld';
import { gather, knowledgeOf } from './gather';
import type { Run } from './run';
import { signingRefusal } from './signingRefusal';

/** The row with every fact and decision in it, and what remains to be sent. */
export type Decision = {
  readonly row: WindowRow;
  readonly effects: readonly { readonly index: number; readonly step: EffectStep }[];
};

/** Facts lead to facts (gone, then back, then delete), but never far. */
const turnsMax = 12;

/** Asks `nextStep` of every placement until only effects and pauses are left. */
export async function decide(run: Run, start: WindowRow): Promise<Decision> {
  let row = start;
  await learnSigning(run, start);
  for (let turn = 0; turn < turnsMax; turn++) {
    const now = nowOfWorld(run.world);
    row = judgeRow(closeUnfounded(run, judgeRow(row, now), now), now);
    if (row.concludedAt !== null) return { row, effects: [] };
    const steps = stepsOf(run, row, now);
    if ((await gather(run, row, steps)) > 0) continue;
    const next = applyAll(run, row, steps, now);
    if (next === row) return { row, effects: effectsOf(row, steps) };
    row = next;
  }
  // Nothing is lost: the row is saved as it is and looked at again.
  return { row, effects: [] };
}

/** What stands on a word given once opens nothing unless the row is what was signed. */
export function closeUnfounded({ world }: Run, row: WindowRow, now: Now): WindowRow {
  if (row.closingAt !== null || row.concludedAt !== null) return row;
  const reason = unfounded(row, groundsOf(world), now);
  return reason === null ? row : beginClosing(row, reason, now);
}

/** A later deadline is a new marker: it is signed under the same condition as the first one. */
async function learnSigning(run: Run, row: WindowRow): Promise<void> {
  if (!row.placements.some((one) => isOpenable(one) && isBehind(row, one))) return;
  const unsigned = await signingRefusal(run.world);
  run.maySign = unsigned === null;
  if (unsigned === null) return;
  const refused = unsigned === 'later' ? null : unsigned.code;
  run.world.log.warn('window.extendUnsigned', { windowId: row.id, refusal: refused });
}

function stepsOf(run: Run, row: WindowRow, now: Now): Step[] {
  return row.placements.map((placement) =>
    nextStep(row, placement, knowledgeOf(run, row, placement), now),
  );
}

/** The row after the first decision about the whole, or after all facts; the row itself if nothing is new. */
function applyAll(run: Run, row: WindowRow, steps: readonly Step[], now: Now): WindowRow {
  const close = steps.find((step) => step.do === 'closeWindow');
  if (close !== undefined) return beginClosing(row, close.reason, now);
  const drop = steps.find((step) => step.do === 'dropExtend');
  if (drop !== undefined) return dropExtend(row, drop.until, now);
  for (const [index, step] of steps.entries()) {
    const placement = row.placements[index];
    if (placement === undefined) continue;
    if (step.do === 'refuse') return refuse(row, placement, step, now);
    if (step.do === 'replan') return replan(run, row, index, placement, now);
  }
  return applyFacts(run, row, steps, now);
}

const reasons: Readonly<Partial<Record<string, CloseReason>>> = {
  shadowed: 'shadowed',
  neverOpened: 'neverOpened',
};

function refuse(
  row: WindowRow,
  placement: Placement,
  { code, detail }: Extract<Step, { do: 'refuse' }>,
  now: Now,
): WindowRow {
  const words = placementRefusal(row, placement, code, detail);
  return refusePlacement(row, placement, words, reasons[code] ?? 'planFailed', now);
}

function replan(
  run: Run,
  row: WindowRow,
  index: number,
  placement: Placement,
  now: Now,
): WindowRow {
  const observation = run.observations.get(placement.nsgId.toLowerCase());
  const rules = observation?.kind === 'read' ? observation.reading.rules : [];
  const others = row.placements
    .filter((other) => other !== placement && other.nsgId === placement.nsgId)
    .map((other) => other.rule);
  const band = row.grant.band;
  const planned = replanPlacement(placement, band, [...rules, ...others], row.plans);
  if (planned === null)
    return refuse(row, placement, { do: 'refuse', code: 'conflict', detail: '' }, now);
  const placements = row.placements.map((other, at) => (at === index ? planned : other));
  return { ...row, plans: row.plans + 1, placements };
}

function applyFacts(run: Run, row: WindowRow, steps: readonly Step[], now: Now): WindowRow {
  const isProved = row.until === null && steps.some((step) => step.do === 'proveOpen');
  const placements = row.placements.map((placement, index) => {
    const step = steps[index];
    const next = step !== undefined && isFact(step) ? applyFact(placement, step, now) : placement;
    const observation = run.observations.get(placement.nsgId.toLowerCase());
    const seen = observation?.kind === 'read' ? withSeen(next, observation.reading) : next;
    return withOverrun(row, hurry(row, seen, now), observation?.kind === 'unreadable', now);
  });
  const changed = placements.some((placement, index) =>
    isChanged(row.placements[index], placement),
  );
  if (!changed) return row;
  const next = { ...row, placements };
  return isProved
    ? withEndLook({ ...next, until: signedDeadlineOf(row) }, now)
    : moveDeadline(next, now);
}

function isChanged(before: Placement | undefined, after: Placement): boolean {
  return before !== after && JSON.stringify(before) !== JSON.stringify(after);
}

const factNames: readonly string[] = [
  'proveOpen',
  'proveExtended',
  'forgetExtend',
  'noteGone',
  'proveDisarmed',
  'proveClosed',
  'noteBack',
  'noteUnsigned',
  'noteMissing',
  'follow',
  'noteLacking',
  'wait',
] satisfies FactStep['do'][];

function isFact(step: Step): step is FactStep {
  return factNames.includes(step.do);
}

/** One write per NSG and round: an NSG works off one operation at a time. Closes come first. */
function effectsOf(row: WindowRow, steps: readonly Step[]): { index: number; step: EffectStep }[] {
  const all = steps.flatMap((step, index) => (isEffect(step) ? [{ index, step }] : []));
  const taken = new Set<string>();
  return all
    .sort((one, other) => Number(isOpening(one.step)) - Number(isOpening(other.step)))
    .filter(({ index }) => {
      const nsgId = row.placements[index]?.nsgId.toLowerCase() ?? '';
      if (taken.has(nsgId)) return false;
      taken.add(nsgId);
      return true;
    });
}

const effectNames: readonly string[] = [
  'putRule',
  'extendRule',
  'disarmRule',
  'deleteRule',
] satisfies EffectStep['do'][];

function isEffect(step: Step): step is EffectStep {
  return effectNames.includes(step.do);
}

function isOpening(step: EffectStep): boolean {
  return step.do === 'putRule' || step.do === 'extendRule';
}

/** When to look next: the earliest pause of a placement, and never later than closing begins. */
export function nextLookOf(row: WindowRow, again: number, now: Now): number {
  if (row.concludedAt !== null) return now.hostMs;
  const looks = row.placements
    .filter(({ phase }) => phase !== 'closed')
    .map(({ notBefore }) => notBefore ?? again);
  if (isAwaiting(row)) return row.approval?.expiresAt ?? again;
  if (row.placements.length === 0) looks.push(again);
  if (row.placements.some(isOpenable) || row.placements.length === 0) {
    looks.push(hostClosingStartOf(row, now));
  }
  if (row.closingAt === null && row.endLookAt !== null) looks.push(row.endLookAt);
  return Math.max(now.hostMs, Math.min(...looks));
}
