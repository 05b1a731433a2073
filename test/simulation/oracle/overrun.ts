import type { History, Stay } from './history';
import { byAppAt, partsOf, pathOf } from './history';
import type { Activation, Circumstances, Violation } from './judge';
import { disturbances, isCalm, ledgerLosses, outageMs } from './calm';
import { earlyFaults } from './early';
import { putPathsOf } from './strangers';
import { targetFaults } from './targets';
import { guardMs, leadMs } from '../units';

/** What the time before a deadline was like. */
export const overrunClasses = [
  'healthy',
  'crashes',
  'refusing, one delete completed',
  'Resource Manager down',
  'task hub or ledger lost',
  'app dead',
  'app dead for ever, sweeper alive',
  'others at the rules, clock or ledger',
  'others',
] as const;

export type OverrunClass = (typeof overrunClasses)[number];

export type Overrun = {
  readonly windowId: string;
  readonly kind: OverrunClass;
  /** When the rule stopped being effective minus the deadline; negative: in time. */
  readonly overrunMs: number;
};

/** Within this time of calm whatever is due is gone: one sweep period, one run, one delete. */
export const calmMs = 120_000;

/** Whoever meets a busy NSG comes back so long after it is free again, at most. */
const busyPauseMs = 4_000;

/** Whatever happened of this kind, rules are gone before their deadline. */
const inTime: ReadonlySet<OverrunClass> = new Set([
  'healthy',
  'crashes',
  'refusing, one delete completed',
  'app dead for ever, sweeper alive',
]);

/** When rules of each window must be gone, and whether they were. */
export function overrunsOf(
  history: History,
  activations: readonly Activation[],
  circumstances: Circumstances,
): { overruns: Overrun[]; violations: Violation[] } {
  const overruns: Overrun[] = [];
  const violations: Violation[] = [];
  const own = putPathsOf(history);
  for (const activation of activations) {
    // What others made out of our rules is theirs.
    const stays = history.stays.filter(
      (stay) => partsOf(stay.name)?.windowId === activation.windowId && own.has(pathOf(stay)),
    );
    if (stays.length === 0) continue;
    const deadlineMs = deadlineOf(activation, history, circumstances);
    for (const stay of stays) {
      if (stay.properties.access === 'Deny') continue;
      const goneMs = stay.toMs ?? circumstances.endMs;
      const isOver = stay.toMs !== null || goneMs > deadlineMs;
      const kind = classOf(stay, deadlineMs, history, circumstances);
      if (isOver) {
        overruns.push({
          windowId: activation.windowId,
          kind,
          overrunMs: goneMs - deadlineMs,
        });
      }
      violations.push(...faultsOf(stay, deadlineMs, history, circumstances));
      if (inTime.has(kind) && goneMs >= deadlineMs) {
        const what = `${stay.name} stood at its deadline, though all that happened was: ${kind}`;
        violations.push({ invariant: 'no rule outlives', what, atMs: deadlineMs });
      }
    }
    violations.push(
      ...earlyFaults(activation, stays, history, circumstances),
      ...targetFaults(activation, stays, history, circumstances),
    );
  }
  return { overruns, violations };
}

/** PIM's end, or the policy's longest time from the first write of the window on: no wish goes beyond. */
export function deadlineOf(
  { windowId, endMs }: Activation,
  { writes }: Pick<History, 'writes'>,
  circumstances: Pick<Circumstances, 'plan' | 'afflictions'>,
): number {
  const { plan } = circumstances;
  const puts = writes.filter(
    ({ path, by, method }) => by === 'app' && method === 'PUT' && path.includes(windowId),
  );
  // A lost ledger knows of no first life: asked for once more, it begins anew.
  const births = [-Infinity, ...ledgerLosses(circumstances)];
  const firsts = births.flatMap((bornMs) => puts.find(({ atMs }) => atMs >= bornMs)?.atMs ?? []);
  const longestMinutes = Math.max(plan.longestMinutes, plan.firstPolicy?.longestMinutes ?? 0);
  const firstMs = firsts.length === 0 ? endMs : Math.max(...firsts);
  return Math.min(endMs, firstMs + longestMinutes * 60_000);
}

function faultsOf(
  stay: Stay,
  deadlineMs: number,
  history: History,
  circumstances: Circumstances,
): Violation[] {
  const goneMs = stay.toMs ?? circumstances.endMs;
  const dueMs = Math.max(deadlineMs - leadMs, stay.fromMs);
  const rule = `${stay.name} on ${stay.nsgId.split('/').at(-1)}`;
  const found: Violation[] = [];
  const enoughMs = calmNeededMs(stay, history, circumstances);
  if (goneMs - dueMs > enoughMs && isUnexcused(stay, history, circumstances)) {
    const calmFrom = calmIn(dueMs, goneMs, enoughMs, circumstances);
    if (calmFrom !== null) {
      const late = Math.round((goneMs - deadlineMs) / 1_000);
      const what = `${rule} stood ${late} s past its deadline through ${enoughMs / 1_000} s of calm`;
      found.push({ invariant: 'no rule outlives', what, atMs: deadlineMs });
    }
  }
  const deleted = byAppAt(history, stay, 'DELETE').find(
    ({ effectiveAtMs }) =>
      effectiveAtMs !== null && effectiveAtMs < deadlineMs && effectiveAtMs >= deadlineMs - guardMs,
  );
  if (deleted !== undefined && stay.by === 'app' && goneMs > deadlineMs && isOwnRelanding(stay)) {
    const what = `${rule} was deleted in time and stood again, by a PUT of the app, at its deadline`;
    found.push({ invariant: 'no rule outlives', what, atMs: deadlineMs });
  }
  return found;

  function isOwnRelanding({ fromMs }: Stay): boolean {
    const lateLanding = circumstances.afflictions.some(
      ({ group, atMs, untilMs }) =>
        group === 'resourceManager' && untilMs > atMs && untilMs >= fromMs - 1_000,
    );
    return fromMs > (deleted?.effectiveAtMs ?? 0) && !lateLanding;
  }
}

/** With the ledger lost, nobody can know whose a rule is that has not a marker signed for its place. */
function isUnexcused(stay: Stay, history: History, circumstances: Circumstances): boolean {
  if (ledgerLosses(circumstances).length === 0) return true;
  const { description = '' } = stay.properties;
  return byAppAt(history, stay).some(({ properties }) => properties?.description === description);
}

/**
 * What somebody else wrote can be found by nobody before Resource Graph shows it; and an NSG that
 * is written as a whole gets back many rules at once, which go one after the other.
 */
function calmNeededMs(
  { by, nsgId, fromMs }: Stay,
  { stays }: Pick<History, 'stays'>,
  { plan }: Circumstances,
): number {
  if (by !== 'others') return calmMs;
  const together = stays.filter(
    (one) => one.by === by && one.nsgId === nsgId && one.fromMs === fromMs,
  );
  const { remove, write } = plan.latency;
  const others = Math.max(0, together.length - 1);
  return calmMs + plan.graphLagMs + others * (remove + write + busyPauseMs);
}

/** Where the first stretch of calm begins that is long enough, `null` if there is none. */
function calmIn(
  fromMs: number,
  toMs: number,
  enoughMs: number,
  circumstances: Circumstances,
): number | null {
  const ends = [
    fromMs,
    ...circumstances.afflictions.flatMap(disturbances).map(({ untilMs }) => untilMs + 1),
    ...circumstances.outages.map(({ toMs: upMs }) => upMs + 1),
  ];
  return (
    ends.find(
      (at) => at >= fromMs && at + enoughMs < toMs && isCalm(at, at + enoughMs, circumstances),
    ) ?? null
  );
}

function classOf(
  stay: Stay,
  deadlineMs: number,
  history: History,
  circumstances: Circumstances,
): OverrunClass {
  const { afflictions } = circumstances;
  const fromMs = deadlineMs - guardMs;
  const within = afflictions.filter(
    ({ atMs, untilMs }) => atMs <= deadlineMs && untilMs >= fromMs - 60_000,
  );
  if (stay.by === 'others') return 'others';
  const isSwept = circumstances.outages.some((one) => one.isSwept && one.fromMs < deadlineMs);
  if (isSwept && isCalm(fromMs, deadlineMs, circumstances))
    return 'app dead for ever, sweeper alive';
  if (outageMs(fromMs, deadlineMs, circumstances) > 45_000) return 'app dead';
  if (within.some(({ group }) => group === 'resourceManager')) {
    const completed = byAppAt(history, stay, 'DELETE').some(
      ({ effectiveAtMs }) => effectiveAtMs !== null && effectiveAtMs < deadlineMs,
    );
    return completed ? 'refusing, one delete completed' : 'Resource Manager down';
  }
  const isLost = afflictions.some(
    ({ kind, atMs }) => (kind === 'ledger lost' || kind === 'task hub wiped') && atMs <= deadlineMs,
  );
  if (isLost) return 'task hub or ledger lost';
  const disturbed = within.some(({ group }) => ['editors', 'clock', 'ledger'].includes(group));
  if (disturbed) return 'others at the rules, clock or ledger';
  return within.some(({ group }) => group === 'process') ? 'crashes' : 'healthy';
}
