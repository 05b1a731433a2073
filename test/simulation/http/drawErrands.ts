import { vmId } from '../../../local/estate';
import type { Dice } from '../dice';
import { groupScope } from '../estate';
import type { Plan, Visit } from '../plan';
import { minute } from '../units';
import type { Errand, Meant, Who } from './errand';

type Given = Pick<Errand, 'door'> & Partial<Errand>;

const plain = { of: null, body: null, isDry: false, prefer: null, isElsewhere: false } as const;

/** Visits of people who call, one errand after the other, in a stream of chance of their own. */
export class ErrandBook {
  readonly errands: Errand[] = [];

  constructor(
    private readonly dice: Dice,
    private readonly plan: Pick<Plan, 'startMs' | 'machines'>,
  ) {}

  /** Somebody whose role is active: asks, asks again, for more, for the end, and looks. */
  visit({ person, atMs, lengthMs, scope }: Visit, name: string): Meant {
    const { dice } = this;
    const of = { person, key: `${name}-a` };
    const askedMs = atMs + dice.int(2_000, 40_000);
    const body = this.request(scope);
    const prefer = dice.pick([null, null, 'wait=30', 'respond-async']);
    const isElsewhere = dice.chance(0.1);
    const request = { door: 'requestWindow', of, body, prefer, isElsewhere } as const;
    this.add(person, askedMs, request);
    // At once, while the first is under way, or when it is long over.
    if (dice.chance(0.5)) this.add(person, askedMs + dice.pick([0, 1, 5_000, 90_000]), request);
    if (dice.chance(0.3)) {
      this.add(person, askedMs + dice.int(0, 60_000), { ...request, body: this.request(scope) });
    }
    if (dice.chance(0.35)) {
      const other = { ...request, of: { person, key: `${name}-b` }, body: this.request(scope) };
      this.add(person, askedMs + dice.int(0, 2 * minute), other);
    }
    if (dice.chance(0.3))
      this.add(person, askedMs + dice.int(-2_000, 2_000), { ...request, isDry: true });
    if (dice.chance(0.6)) this.extend(person, of, askedMs);
    if (dice.chance(0.5)) this.close(person, of, askedMs + dice.int(20_000, 5 * minute));
    const own = { person, key: null };
    if (dice.chance(0.25)) this.close(person, own, atMs + dice.int(30_000, lengthMs - 2 * minute));
    this.look(person, of, askedMs + dice.int(0, 4 * minute));
    return of;
  }

  /** Whoever has nothing to do with the window. */
  strange(who: Who, of: Meant, atMs: number): void {
    const { dice } = this;
    const door = dice.pick(['closeWindow', 'closeWindow', 'extendWindow', 'getWindow'] as const);
    if (door === 'closeWindow') this.close(who, of, atMs);
    else if (door === 'extendWindow') this.extend(who, of, atMs - minute);
    else this.look(who, of, atMs);
    if (dice.chance(0.3)) {
      // Somebody else's key is not theirs.
      this.add(who, atMs + 1_000, { door: 'requestWindow', of, body: this.request('group') });
    }
    if (dice.chance(0.2)) this.closeAll(who, atMs + 2_000, null);
  }

  /** Whoever administers the group. */
  administer(of: Meant, atMs: number, person: string): void {
    const { dice } = this;
    if (dice.chance(0.5)) this.close('administrator', of, atMs);
    if (dice.chance(0.3)) this.extend('administrator', of, atMs - minute);
    if (dice.chance(0.4)) this.closeAll('administrator', atMs + dice.int(0, 3 * minute), person);
    this.look('administrator', of, atMs + dice.int(0, minute));
  }

  private request(scope: Visit['scope']): Errand['body'] {
    const { dice, plan } = this;
    const names = plan.machines.map((_machine, at) => `vm-${at + 1}`);
    const all = scope === 'group' ? names : [names[scope] ?? 'vm-1'];
    const some = dice.chance(0.5) ? all : [dice.pick(all)];
    const ports = dice.pick([null, null, ['ssh'], ['rdp', 22]]);
    return {
      vms: dice.chance(0.3) ? some.map((name) => vmId(name)) : some,
      duration: dice.pick(['7m', '8m', '9m', '9m', '10m', '1h']),
      reason: dice.pick(['Disk is full', 'Pager 4711']),
      ...(ports === null ? {} : { ports }),
      ...(dice.chance(0.08) ? { source: '203.0.113.224/32' } : {}),
      // Not what the form knows: refused.
      ...(dice.chance(0.03) ? { until: 'for ever' } : {}),
    };
  }

  private extend(who: Who, of: Meant, askedMs: number): void {
    const { dice, plan } = this;
    const atMs = Math.max(0, askedMs + dice.int(20_000, 110_000));
    const untilMs = plan.startMs + askedMs + dice.int(9 * minute, 12 * minute);
    const until = new Date(untilMs).toISOString();
    const body = { until, reason: 'Still full' };
    const extend = { door: 'extendWindow', of, body } as const;
    if (dice.chance(0.3)) this.add(who, atMs - 1_000, { ...extend, isDry: true });
    this.add(who, atMs, extend);
    if (dice.chance(0.6)) this.add(who, atMs + dice.pick([0, 3_000, 40_000]), extend);
  }

  private close(who: Who, of: Meant, atMs: number): void {
    const { dice } = this;
    const prefer = dice.pick([null, null, 'respond-async', 'wait=5']);
    const close = { door: 'closeWindow', of, body: { reason: 'Done' }, prefer } as const;
    if (dice.chance(0.2)) this.add(who, atMs - 1_000, { ...close, isDry: true });
    this.add(who, atMs, close);
    if (dice.chance(0.4)) this.add(who, atMs + dice.pick([0, 2_000, 50_000]), close);
  }

  private closeAll(who: Who, atMs: number, person: string | null): void {
    const { dice } = this;
    const body = {
      ...(dice.chance(0.85) ? { confirm: 'close all' } : { confirm: 'yes' }),
      reason: 'Something is wrong',
      ...(person !== null && dice.chance(0.5) ? { person } : {}),
      ...(dice.chance(0.3) ? { scope: groupScope } : {}),
    };
    const of = { person: 0, key: `close-all-${atMs}` };
    const closeAll = { door: 'closeAllWindows', of, body } as const;
    this.add(who, atMs, closeAll);
    // Whoever was not answered asks again under the same key.
    if (dice.chance(0.5)) this.add(who, atMs + dice.pick([5_000, 30_000]), closeAll);
  }

  private look(who: Who, of: Meant, atMs: number): void {
    const { dice } = this;
    if (dice.chance(0.7)) this.add(who, atMs, { door: 'getWindow', of });
    if (dice.chance(0.5)) this.add(who, atMs + 500, { door: 'listWindows' });
  }

  private add(who: Who, atMs: number, given: Given): void {
    this.errands.push({ ...plain, ...given, who, atMs: Math.max(1_000, atMs) });
  }
}
