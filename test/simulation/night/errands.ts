import { diceOf } from '../dice';
import type { Plan } from '../plan';
import { askedId, type NightErrand } from './nightPlan';
import { nightVmId } from './recipes';

const somebody = '33333333-3333-4333-8333-333333333334';
const dayMs = 24 * 3_600_000;

/** A message of the queue, as the main app would have written it, or nobody. */
export function messageOf(plan: Plan, errand: NightErrand, nowMs: number): unknown {
  const dice = diceOf(plan.seed).fork(`night message ${errand.what} ${errand.atMs}`);
  const machines = plan.night?.machines ?? [];
  const some = machines.filter(() => dice.chance(0.3)).map((one) => nightVmId(one).toLowerCase());
  const start = (scopes: string[], changes: object = {}) => ({
    kind: 'start',
    schema: 1,
    id: askedId(errand.run ?? 0),
    askedBy: somebody,
    askedAt: nowMs,
    scopes,
    dryRun: false,
    ...changes,
  });
  switch (errand.what) {
    case 'start some':
      return start(some.slice(0, 20));
    case 'dry run':
      return start([], { dryRun: true });
    case 'start elsewhere':
      return start(['/subscriptions/99999999-9999-4999-8999-999999999999']);
    case 'stale':
      return start([], { askedAt: nowMs - 2 * dayMs });
    case 'cancel': {
      const id = errand.run === null ? nightIdAt(plan.startMs) : askedId(errand.run);
      return { kind: 'cancel', schema: 1, id, askedBy: somebody };
    }
    case 'release': {
      const [first] = machines.filter(({ standing }) => standing === 'quarantined');
      const machine = first ?? machines[0];
      const vmId = machine === undefined ? '' : nightVmId(machine);
      return { kind: 'release', schema: 1, vmId, askedBy: somebody };
    }
    case 'garbage':
      return dice.pick([
        '{"kind":"start"',
        null,
        [],
        '{"__proto__":{"kind":"cancel"}}',
        { ...start([]), id: '../../remediations', extra: 'x'.repeat(1_000) },
        { ...start(['not an id']) },
        { kind: 'cancel', schema: 1, id: 'night-99999999 or 1', askedBy: somebody },
      ]);
    case 'start':
    case 'night':
    case 'next night':
      return start([]);
  }
}

/** The id of the night that a time belongs to: its schedule is half past two, in UTC. */
export function nightIdAt(atMs: number): string {
  return `night-${new Date(atMs).toISOString().slice(0, 10).replaceAll('-', '')}`;
}
