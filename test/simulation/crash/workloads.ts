import { policyOfPlan } from '../policies';
import { nowhere } from '../people';
import type { Plan, Visit } from '../plan';
import { minute } from '../units';
import type { RunOptions } from '../run';

/** A short script that is played once for each way of striking it. */
export type Workload = {
  readonly name: string;
  readonly tells: string;
  readonly plan: Plan;
  readonly options: Pick<RunOptions, 'script' | 'firstPolicy'>;
};

/** What an open window needs at least: guard, settle, and a little to be opened in. */
const shortMs = 5.5 * minute;

const visit: Visit = {
  person: 0,
  atMs: 2_000,
  lengthMs: shortMs,
  scope: 0,
  deactivateAtMs: null,
  approval: 'none',
  wish: null,
};

/** One machine, one NSG, timers that fire when they are due, reads that take no time. */
const base: Plan = {
  seed: 1,
  theme: 'scripted',
  mode: 'liveness',
  startMs: Date.parse('2026-01-01T10:00:10.000Z'),
  machines: [{ ownNsg: true }],
  subnetNsg: false,
  ranges: false,
  longestMinutes: 180,
  caps: { windowsPerPerson: 10, windows: 100 },
  firstPolicy: null,
  latency: { put: 1_500, remove: 2_000, read: 0, write: 0 },
  graphLagMs: 0,
  whenBusy: 'retryable',
  conflicts: 'atOnce',
  door: 'webhook',
  schema: 'EventGridSchema',
  polling: null,
  visits: [visit],
  others: [],
  errands: [],
  night: null,
  faults: [],
  calmAtMs: 2_000 + shortMs + 15_000,
};

function workload(
  name: string,
  tells: string,
  changes: Partial<Plan> = {},
  options: Workload['options'] = {},
): Workload {
  return { name, tells, plan: { ...base, ...changes }, options };
}

/** What policy allows from a deployment in mid-window on; eight minutes before. */
const longer = { ...base, longestMinutes: 12 };

/** At most two windows each: what goes wrong with many goes wrong with two. */
export const workloads: readonly Workload[] = [
  workload('expires', 'opens, and is closed at its end'),
  workload('given-back', 'the role is given back while the window is open', {
    visits: [{ ...visit, lengthMs: 8 * minute, deactivateAtMs: minute }],
    calmAtMs: 4 * minute,
  }),
  workload(
    'extended',
    'policy grows, the window is extended, and is closed at its later end',
    {
      longestMinutes: longer.longestMinutes,
      visits: [
        {
          ...visit,
          lengthMs: 9.5 * minute,
          wish: { kind: 'extend', atMs: 70_000, untilMs: 9.25 * minute },
        },
      ],
      calmAtMs: 10 * minute,
    },
    {
      firstPolicy: policyOfPlan({ ...longer, longestMinutes: 8 }),
      script: (stage) =>
        stage.at(45_000, () => stage.restart(2_000, { policy: policyOfPlan(longer) })),
    },
  ),
  workload('asked-to-close', 'the window is asked to close while it is open', {
    visits: [{ ...visit, lengthMs: 8 * minute, wish: { kind: 'close', atMs: minute, untilMs: 0 } }],
    calmAtMs: 4 * minute,
  }),
  workload('two-people', 'two people on the same machine and ports; one gives the role back', {
    visits: [
      { ...visit, lengthMs: 8 * minute, deactivateAtMs: minute },
      { ...visit, person: 1, atMs: 8_000 },
    ],
    calmAtMs: 8_000 + shortMs + 15_000,
  }),
  workload('end-together', 'two people on one NSG, whose windows end in the same second', {
    visits: [visit, { ...visit, person: 1 }],
  }),
  workload('given-back-together', 'the same, and both give the role back at the same moment', {
    visits: [0, 1].map((person) => ({
      ...visit,
      person,
      lengthMs: 8 * minute,
      deactivateAtMs: minute,
    })),
    calmAtMs: 4 * minute,
  }),
  workload('two-nsgs', 'an NSG at the interface and one at the subnet: two rules', {
    subnetNsg: true,
  }),
  workload('no-address', 'nobody knows from where the person works: refused', {
    visits: [{ ...visit, person: nowhere }],
    calmAtMs: 3 * minute,
  }),
];
