import * as fc from 'fast-check';
import { nowOf } from '../../../../shared/domain/instant';
import { decide } from '../../../../shared/domain/policy/decide';
import type { Decision, RequestFacts } from '../../../../shared/domain/policy/decide';
import type { DenyRule, Policy } from '../../../../shared/domain/policy/policy';
import { contains, parsePrefix } from '../../../../shared/domain/policy/prefix';
import { vmsOf } from '../../../../shared/domain/policy/vmFacts';
import {
  ada,
  administratorLogin,
  group,
  policyOf,
  policyWithRule,
  subscription,
  vmRow,
} from '../../../support/intakeWorld';

const hour = 3_600_000;
const at = Date.parse('2026-01-01T10:00:00Z');

describe('policy', () => {
  const answers: readonly (readonly [string, Partial<RequestFacts>, string[]])[] = [
    ['grants what a rule allows', {}, []],
    ['wants an allowed role', { roleDefinitionGuid: 'f'.repeat(36) }, ['roleNotAllowed']],
    ['wants an allowed scope', { scope: subscription }, ['scopeNotAllowed']],
    [
      'is not misled by a scope whose name begins alike',
      { scope: `${group}2` },
      ['scopeNotAllowed'],
    ],
    ['compares scopes without case', { scope: group.toUpperCase() }, []],
    ['covers what lies under its scope', { scope: vmRow('vm-1').vmId }, []],
    ['opens for people only', { principalType: 'ServicePrincipal' }, ['notAUser']],
    ['wants an end', { endAt: null }, ['noEnd']],
    ['wants time enough to stand open', { endAt: at + 49_000 }, ['tooShort']],
    ['is content with just enough', { endAt: at + 50_000 }, []],
    ['refuses what is over', { endAt: at - hour }, ['tooShort']],
    ['wants an address', { address: null }, ['noAddress']],
    ['wants it inside the fence', { address: '192.0.2.7' }, ['addressNotInRange']],
    ['wants VMs', { vms: [] }, ['noTargets']],
    ['wants them to be opted in', { vms: vms(1, { tags: {} }) }, ['noTargets', 'vmNotOptedIn']],
    [
      'wants the tag’s value exactly',
      { vms: vms(1, { tags: { postern: 'Enabled' } }) },
      ['noTargets', 'vmNotOptedIn'],
    ],
    ['takes the tag’s name in any case', { vms: vms(1, { tags: { Postern: 'enabled' } }) }, []],
    ['wants a NIC', { vms: vms(1, { nicId: '' }) }, ['noTargets', 'noNic']],
    [
      'wants the family of the source',
      { vms: vms(1, { privateIp: 'fd00::1' }) },
      ['noTargets', 'addressFamily'],
    ],
    ['opens up to its cap', { vms: vms(10) }, []],
    ['refuses more than its cap', { vms: vms(11) }, ['tooBroad']],
    ['refuses what it could not count', { vmsCut: true }, ['tooBroad']],
    [
      'does not count VMs that nobody opted in',
      { vms: [...vms(10), ...vms(500, { tags: {} })] },
      [],
    ],
    [
      'says everything that is wrong at once',
      { address: null, endAt: null, vms: vms(11) },
      ['noEnd', 'noAddress', 'tooBroad'],
    ],
  ];

  it.each(answers)('%s', (_title, facts, codes) => {
    expect(codesOf(decide(policyOf(), factsOf(facts)))).toEqual(codes);
  });

  const denies: readonly (readonly [string, Partial<DenyRule>, string[]])[] = [
    ['a person', { persons: [ada] }, ['denied']],
    ['a role', { roles: [administratorLogin] }, ['denied']],
    ['a scope above', { scopes: [subscription] }, ['denied']],
    ['everything', { scopes: ['/'] }, ['denied']],
    ['another person', { persons: ['77777777-7777-4777-8777-777777777777'] }, []],
    ['another role', { roles: ['fb879df8-f326-4884-b1cf-06f3ad86be52'] }, []],
    ['another scope', { scopes: [`${group}2`.toLowerCase()] }, []],
    ['a VM below', { scopes: [vmRow('vm-0').vmId.toLowerCase()] }, ['noTargets', 'denied']],
    ['a tag', { tag: { name: 'POSTERN', value: 'enabled' } }, ['noTargets', 'denied']],
    [
      'a tag for another person',
      { tag: { name: 'postern', value: 'enabled' }, persons: ['x'] },
      [],
    ],
  ];

  it.each(denies)('lets a deny win that is about %s', (_title, rule, codes) => {
    const policy = policyOf({ deny: [{ ...nothing, ...rule }] });
    expect(codesOf(decide(policy, factsOf({})))).toEqual(codes);
  });

  it('names the rule that refused and the next step, in every refusal', () => {
    for (const [, facts] of answers) {
      const decision = decide(policyOf(), factsOf(facts));
      if (decision.granted) continue;
      for (const { rule, next } of decision.refusals) {
        expect(rule).toMatch(/^[A-Z0-9].*\.$/);
        expect(next.length).toBeGreaterThan(10);
      }
    }
  });

  it('tells which source won', () => {
    const ranges = [{ name: 'vpn', prefixes: ['198.51.100.7/32'] }];
    const both = policyWithRule({
      sources: { ranges, fromActivation: { within: ['203.0.113.0/24'] } },
    });
    expect(sourceOf(decide(both, factsOf({})))).toBe('address of the activation request');
    expect(sourceOf(decide(both, factsOf({ address: null })))).toBe('range vpn of rule operators');
    expect(sourceOf(decide(both, factsOf({ address: '192.0.2.1' })))).toBe(
      'range vpn of rule operators',
    );
  });

  it('names a few of many VMs, and counts the rest', () => {
    const decision = decide(policyOf(), factsOf({ vms: [...vms(1), ...vms(100, { tags: {} })] }));
    if (!decision.granted) throw new Error('It was refused.');
    const codes = decision.grant.refusedTargets.map(({ code }) => code);
    expect(codes.filter((code) => code === 'vmNotOptedIn').length).toBe(20);
    expect(codes.at(-1)).toBe('vmsNotOptedInMore');
  });
});

describe('a grant', () => {
  const facts = fc.record({
    endAt: fc.option(fc.integer({ min: at - hour, max: at + 30 * hour })),
    address: fc.option(fc.ipV4()),
    now: fc.integer({ min: -90_000, max: 90_000 }).map((skewMs) => nowOf(at, skewMs)),
    vms: fc
      .array(
        fc.constantFrom<Record<string, string>>({ postern: 'enabled' }, {}, { Postern: 'x' }),
        {
          maxLength: 14,
        },
      )
      .map((tags) => vmsOf(tags.map((one, index) => vmRow(`vm-${index}`, { tags: one })))),
  });
  const policies = fc
    .record({
      longestMs: fc.integer({ min: 60_000, max: 24 * hour }),
      ruleMs: fc.option(fc.integer({ min: 60_000, max: 24 * hour })),
      fence: fc.constantFrom('203.0.113.0/24', '64.0.0.0/8', '203.0.113.7/32'),
      withRange: fc.boolean(),
    })
    .map(({ longestMs, ruleMs, fence, withRange }): Policy => {
      const ranges = withRange ? [{ name: 'vpn', prefixes: ['198.51.100.7/32'] }] : [];
      const sources = { ranges, fromActivation: { within: [fence] } };
      return { ...policyWithRule({ longestMs: ruleMs, sources }), longestMs };
    });

  it('never exceeds the policy’s longest time, the rule’s, or PIM’s end', () => {
    always((policy, given, grant) => {
      const rule = policy.allow[0];
      expect(grant.untilAt).toBeLessThanOrEqual(given.endAt ?? 0);
      expect(grant.untilAt - at).toBeLessThanOrEqual(policy.longestMs);
      expect(grant.untilAt - at).toBeLessThanOrEqual(rule?.longestMs ?? policy.longestMs);
    });
  });

  it('leaves time to open: guard, and the longer of shortest and settle', () => {
    always((policy, given, grant) => {
      const { guardMs, shortestMs, settleMs } = policy.limits;
      const openMs = grant.untilAt - guardMs - given.now.latestMs;
      expect(openMs).toBeGreaterThanOrEqual(Math.max(shortestMs, settleMs));
    });
  });

  it('holds ports of the policy and of nobody else', () => {
    always((policy, _given, grant) => {
      expect(grant.portSets).toEqual(policy.allow[0]?.portSets);
    });
  });

  it('holds single addresses inside the fence, or ranges that the policy names', () => {
    always((policy, given, grant) => {
      const [rule] = policy.allow;
      const named = rule?.sources.ranges.flatMap(({ prefixes }) => prefixes) ?? [];
      for (const source of grant.source.prefixes) {
        if (named.includes(source)) continue;
        expect(source).toBe(`${given.address}/32`);
        const fence = parsePrefix(rule?.sources.fromActivation?.within[0] ?? '');
        const prefix = parsePrefix(source);
        if (typeof fence === 'string' || typeof prefix === 'string') throw new Error(source);
        expect(contains(fence, prefix)).toBe(true);
      }
      expect(grant.source.prefixes.length).toBeGreaterThan(0);
    });
  });

  it('covers only VMs that are opted in, and no more than the cap', () => {
    always((policy, given, grant) => {
      expect(grant.targets.length).toBeLessThanOrEqual(policy.caps.vmsPerActivation);
      for (const { vmId } of grant.targets) {
        const vm = given.vms.find((one) => one.vmId === vmId);
        expect(Object.values(vm?.tags ?? {})).toContain('enabled');
      }
    });
  });

  it('and every VM is either granted or refused by name, never neither', () => {
    always((_policy, given, grant) => {
      const told = [...grant.targets, ...grant.refusedTargets].map(({ vmId }) => vmId);
      expect(new Set(told)).toEqual(new Set(given.vms.map(({ vmId }) => vmId)));
    });
  });

  function always(
    holds: (
      policy: Policy,
      given: RequestFacts,
      grant: Extract<Decision, { granted: true }>['grant'],
    ) => void,
  ): void {
    let granted = 0;
    fc.assert(
      fc.property(policies, facts, (policy, changes) => {
        // Half of the addresses lie where a fence may admit them, or the property would be empty.
        const address = changes.address?.replace(/^\d+\.\d+\.\d+\./, '203.0.113.') ?? null;
        const given = factsOf({ ...changes, address });
        const decision = decide(policy, given);
        if (!decision.granted) return;
        granted += 1;
        holds(policy, given, decision.grant);
      }),
      { numRuns: 300 },
    );
    expect(granted).toBeGreaterThan(20);
  }
});

// Helpers

const nothing: DenyRule = { name: 'no', roles: [], scopes: [], persons: [], tag: null };

function vms(count: number, changes: Parameters<typeof vmRow>[1] = {}) {
  const prefix = JSON.stringify(changes) === '{}' ? 'vm' : 'other';
  return vmsOf(Array.from({ length: count }, (_, index) => vmRow(`${prefix}-${index}`, changes)));
}

function factsOf(changes: Partial<RequestFacts>): RequestFacts {
  return {
    roleDefinitionGuid: administratorLogin,
    scope: group,
    personId: ada,
    principalType: 'User',
    endAt: at + hour,
    now: nowOf(at, 0),
    address: '203.0.113.7',
    vms: vms(1),
    vmsCut: false,
    completeWith: 'POST /api/windows {}',
    ...changes,
  };
}

function codesOf(decision: Decision): string[] {
  return decision.granted ? [] : decision.refusals.map(({ code }) => code);
}

function sourceOf(decision: Decision): string {
  return decision.granted ? decision.grant.source.wonBy : '';
}
