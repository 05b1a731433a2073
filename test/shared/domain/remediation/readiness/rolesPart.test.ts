import { ownerRole } from '../../../../../shared/domain/policy/policy';
import type { RoleHolder } from '../../../../../shared/domain/remediation/readiness/rolesPart';
import { factsOn, holder, now, userLogin, vmId } from '../../../../support/readiness';

const contributor = 'b24988ac-6180-42a0-ab88-20f7382dd24c';
const managementGroup = '/providers/Microsoft.Management/managementGroups/mg';

function told(holders: readonly RoleHolder[], isWhole = true) {
  return factsOn('loginRoles', { roles: { facts: { holders, isWhole } } })[0];
}

describe('who may sign in', () => {
  const cases: readonly (readonly [string, readonly RoleHolder[], string, RegExp])[] = [
    ['by the administrator role above', [holder()], 'ok', /^1 may sign in as administrator and 0/],
    ['by the user role', [holder({ roleDefinitionGuid: userLogin })], 'ok', /^0 .* and 1 as user/],
    ['at a management group', [holder({ scope: managementGroup })], 'ok', /^1 /],
    [
      'one person with both',
      [holder(), holder({ roleDefinitionGuid: userLogin })],
      'ok',
      /^1 .* 0 as/,
    ],
    ['two people', [holder(), holder({ principalId: 'ben' })], 'ok', /^2 /],
    ['nobody at another VM', [holder({ scope: `${vmId}0` })], 'missing', /Nobody holds/],
    ['nobody any more', [holder({ endAt: now.hostMs - 1 })], 'missing', /Nobody holds/],
    ['nobody yet', [holder({ startAt: now.hostMs + 60_000 })], 'missing', /Nobody holds/],
    ['nobody', [], 'missing', /Nobody holds/],
  ];

  it.each(cases)('%s', (_what, holders, state, what) => {
    expect(told(holders)).toMatchObject({ state, what: expect.stringMatching(what) as string });
  });

  it.each([
    ['Owner', ownerRole],
    ['Contributor', contributor],
  ])('is nobody by %s, and that is said out loud', (_name, roleDefinitionGuid) => {
    const fact = told([holder({ roleDefinitionGuid })]);
    expect(fact).toMatchObject({ state: 'missing' });
    expect(fact?.what).toContain('1 hold Owner or Contributor without a login role');
    expect(fact?.next).toContain('Owner and Contributor do not log in');
  });

  it('is not counted where somebody holds both Owner and a login role', () => {
    const both = [holder({ roleDefinitionGuid: ownerRole }), holder()];
    expect(told(both)?.what).not.toContain('hold Owner');
  });

  it('says where every role stands on the VM alone, and reaches no network', () => {
    expect(told([holder({ scope: vmId.toUpperCase() })])?.next).toContain('VM alone');
    expect(told([holder({ scope: vmId }), holder({ principalId: 'b' })])?.next).not.toContain(
      'alone',
    );
    expect(told([holder({ scope: vmId }), holder()])?.next).not.toContain('alone');
  });

  it('is unknown where the list was cut before anybody was seen', () => {
    expect(told([], false)?.state).toBe('unknown');
    expect(told([holder()], false)?.state).toBe('ok');
  });
});
