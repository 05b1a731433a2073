import * as fc from 'fast-check';

import { PimError } from '../../../../local/azure/pim/errors';
import type { Pim } from '../../../../local/azure/pim/createPim';
import { installVirtualTime } from '../../../virtualTime';
import { ADA, ADMIN_LOGIN, BOB, estate, RG_SCOPE, VM_SCOPE } from './estate';

const DAY_MS = 86_400_000;

type Step =
  | { do: 'activate'; vm: boolean; minutes: number; inMinutes: number; approval: boolean }
  | { do: 'deactivate' | 'adminRemove'; vm: boolean }
  | { do: 'approve' | 'deny' | 'cancel'; which: number }
  | { do: 'restart' }
  | { do: 'wait'; seconds: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('activate' as const),
    vm: fc.boolean(),
    minutes: fc.integer({ min: 1, max: 120 }),
    inMinutes: fc.integer({ min: 0, max: 30 }),
    approval: fc.boolean(),
  }),
  fc.record({ do: fc.constantFrom('deactivate', 'adminRemove'), vm: fc.boolean() }),
  fc.record({ do: fc.constantFrom('approve', 'deny', 'cancel'), which: fc.nat(5) }),
  fc.record({ do: fc.constant('restart' as const) }),
  fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 0, max: 3600 }) }),
);

function act(pim: Pim, one: Step): void {
  const target = (vm: boolean) => ({
    person: ADA,
    role: ADMIN_LOGIN,
    scope: vm ? VM_SCOPE : RG_SCOPE,
  });
  const named = (which: number) => pim.activations()[which]?.requestName ?? 'none';
  switch (one.do) {
    case 'activate': {
      const startAt = new Date(Date.now() + one.inMinutes * 60_000).toISOString();
      const { minutes, approval: approvalRequired } = one;
      pim.activate({ ...target(one.vm), durationMs: minutes * 60_000, startAt, approvalRequired });
      return;
    }
    case 'deactivate':
      pim.deactivate(target(one.vm));
      return;
    case 'adminRemove':
      pim.adminRemove(target(one.vm));
      return;
    case 'approve':
    case 'deny':
    case 'cancel':
      pim[one.do](named(one.which));
      return;
    case 'restart':
    case 'wait':
  }
}

it('whatever people do, each assignment is written once, removed once, and never overstays', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const time = installVirtualTime();
      try {
        let world = estate();
        const told: string[] = [];
        const collect = () => {
          for (const event of world.events.splice(0)) {
            const name = String(event.data['operationName']);
            if (name.includes('/roleAssignments/')) told.push(`${event.subject} ${name}`);
          }
        };
        for (const one of steps) {
          try {
            act(world.pim, one);
          } catch (error) {
            if (!(error instanceof PimError)) throw error;
          }
          if (one.do === 'wait') await time.pass(one.seconds * 1000);
          if (one.do !== 'restart') continue;
          // What was under way is waited out: a snapshot holds no events.
          await time.pass(1000);
          collect();
          const from = JSON.parse(JSON.stringify(world.pim.snapshot())) as never;
          world.pim.close();
          world = estate({}, { from });
        }
        await time.pass(2 * DAY_MS);
        collect();
        const truth = world.pim.truth();
        for (const one of truth) {
          const own = told.filter((line) => line.startsWith(one.roleAssignmentId));
          expect(own.map((line) => line.split('/').at(-1))).toEqual(['write', 'delete']);
          expect(one.startAt < one.endAt).toBe(true);
          expect((one.endedEarlyAt ?? one.startAt) < one.endAt).toBe(true);
        }
        expect(told).toHaveLength(truth.length * 2);
        expect(world.pim.roleSource(ADA)).toEqual([]);
        world.pim.close();
      } finally {
        time.uninstall();
      }
    }),
    { numRuns: 60, seed: 20260101 },
  );
});

it('a PIM that goes on from a snapshot ends, starts and refuses as the first would have', async () => {
  const time = installVirtualTime();
  try {
    const wish = { person: ADA, role: ADMIN_LOGIN, duration: 'PT1H' };
    const first = estate();
    const running = first.pim.activate({ ...wish, scope: RG_SCOPE });
    const later = first.pim.activate({ ...wish, scope: VM_SCOPE, startAt: '2026-01-01T12:00:00Z' });
    first.pim.makeEligible({ principalId: BOB, roleDefinitionGuid: ADMIN_LOGIN, scope: RG_SCOPE });
    const pending = first.pim.activate({
      ...wish,
      person: BOB,
      scope: RG_SCOPE,
      approvalRequired: true,
    });
    await time.pass(10_000);
    const from = first.pim.snapshot();
    first.pim.close();
    await time.pass(2 * 3_600_000 + 60_000);

    const second = estate({}, { from, assignments: [] });
    expect(second.pim.activations()).toEqual(first.pim.activations());
    await time.pass(5000);
    expect(second.events.map((event) => event.subject)).toEqual([
      running.roleAssignmentId,
      later.roleAssignmentId,
    ]);
    expect(second.pim.approve(pending.requestName).status).toBe('Provisioned');
    await time.pass(5000);
    expect(second.pim.truth().map((one) => one.roleAssignmentId)).toEqual([
      running.roleAssignmentId,
      later.roleAssignmentId,
      pending.roleAssignmentId,
    ]);
    second.pim.close();
  } finally {
    time.uninstall();
  }
});
