import { activationBehind } from '../../../../shared/domain/grant';
import { nowOf } from '../../../../shared/domain/instant';
import type { AllowRule, Policy } from '../../../../shared/domain/policy/policy';
import { stillGranted, type TagsOf } from '../../../../shared/domain/policy/stillGranted';
import { planWindow } from '../../../../shared/domain/window/plan';
import type { WindowRow } from '../../../../shared/domain/window/windowRow';
import { createTime } from '../../../support/fakeNetwork';
import { readingsOf } from '../../../support/planReadings';
import {
  grantOf,
  limits,
  minute,
  nsgNic,
  nsgSubnet,
  policy,
  rowOf,
  signer,
  subscription,
  vmIdOf,
} from '../../../support/grants';

const time = createTime();
const T = time.now;
const base = rowOf(time, grantOf(time));
const planned = planWindow(base, 'abc123', signer, readingsOf([nsgNic, nsgSubnet]));
const row: WindowRow = { ...base, placements: planned.placements };
const untagged: TagsOf = () => ({});
const [operators] = policy.allow;
if (operators === undefined) throw new Error('The policy has no rule.');

const withRule = (changes: Partial<AllowRule>): Policy => ({
  ...policy,
  allow: [{ ...operators, ...changes }],
});
const withPrefixes = (...prefixes: string[]): WindowRow => ({
  ...row,
  grant: { ...row.grant, source: { ...row.grant.source, prefixes } },
});
const judged = (
  judgedBy: Policy,
  of: WindowRow = row,
  { tags = untagged, hostMs = T + minute, skewMs = 0 } = {},
) => stillGranted(judgedBy, of, tags, nowOf(hostMs, skewMs));
const refusalOf = (...args: Parameters<typeof judged>): string => {
  const standing = judged(...args);
  return standing.kind === 'denied' ? standing.refusal : standing.kind;
};

describe('a window under another policy', () => {
  it('goes on under one that would grant it, by the rule that would', () => {
    expect(judged(withRule({ name: 'others' }))).toEqual({ kind: 'granted', rule: 'others' });
  });

  it.each<[string, Policy]>([
    ['roleNotAllowed', { ...policy, allow: [] }],
    ['roleNotAllowed', withRule({ roles: ['ffffffff-0000-4000-8000-000000000000'] })],
    ['scopeNotAllowed', withRule({ scopes: [`${subscription}/resourcegroups/rg-other`] })],
    ['personNotAllowed', withRule({ persons: ['ffffffff-0000-4000-8000-000000000000'] })],
    ['sourceNotAllowed', withRule({ sources: { ranges: [], fromActivation: null } })],
    ['portsNotAllowed', withRule({ portSets: [] })],
    ['tooBroad', { ...policy, caps: { ...policy.caps, vmsPerActivation: 0 } }],
  ])('ends with %s where it would not', (refusal, other) => {
    expect(refusalOf(other)).toBe(refusal);
  });

  it('is judged alike where somebody asked over HTTP: by the activation that covers it', () => {
    const activation = activationBehind(row.grant.origin);
    if (activation === null) throw new Error('an activation');
    const key = { callerId: 'c', key: 'k', bodyHash: 'h' };
    const origin = { kind: 'request', ...key, activation } as const;
    const asked = { ...row, grant: { ...row.grant, origin } };
    expect(judged(policy, asked)).toEqual(judged(policy));
    expect(judged({ ...policy, allow: [] }, asked)).toMatchObject({ refusal: 'roleNotAllowed' });
  });
});

describe('its addresses', () => {
  const within = (...prefixes: string[]): Policy =>
    withRule({ sources: { ranges: [{ name: 'r', prefixes }], fromActivation: null } });

  it.each<[string, string[], string[], boolean]>([
    ['a range that holds it', ['203.0.113.0/28'], ['203.0.113.10/32'], true],
    ['exactly itself', ['203.0.113.10/32'], ['203.0.113.10/32'], true],
    ['a range beside it', ['203.0.113.16/28'], ['203.0.113.10/32'], false],
    ['a part of it', ['203.0.113.10/32'], ['203.0.113.8/29'], false],
    ['two parts of it', ['203.0.113.8/30', '203.0.113.12/30'], ['203.0.113.8/29'], false],
    ['one of two', ['203.0.113.0/24'], ['203.0.113.10/32', '198.51.100.7/32'], false],
    ['another family', ['0.0.0.0/0'], ['2001:db8::1/128'], false],
    ['a range that is none', ['nonsense'], ['203.0.113.10/32'], false],
    ['everything, for what is no prefix', ['0.0.0.0/0'], ['nonsense'], false],
    ['half of everything, for what is no prefix', ['0.0.0.0/1'], ['nonsense'], false],
    ['everything, for nothing', ['0.0.0.0/0'], [''], false],
  ])('%s', (_, ranges, prefixes, isGranted) => {
    const expected = isGranted ? 'granted' : 'sourceNotAllowed';
    expect(refusalOf(within(...ranges), withPrefixes(...prefixes))).toBe(expected);
  });

  it('may lie within the fence of addresses of activations', () => {
    const fence = withRule({
      sources: { ranges: [], fromActivation: { within: ['203.0.0.0/16'] } },
    });
    expect(refusalOf(fence)).toBe('granted');
  });
});

describe('its ports', () => {
  it.each<[string, AllowRule['portSets'], boolean]>([
    ['one by one', [{ protocol: 'Tcp', ports: ['22', '3389'] }], true],
    [
      'in two sets',
      [
        { protocol: 'Tcp', ports: ['22'] },
        { protocol: 'Tcp', ports: ['3389'] },
      ],
      true,
    ],
    ['in a range', [{ protocol: 'Tcp', ports: ['1-65535'] }], true],
    ['of any protocol', [{ protocol: '*', ports: ['22-3389'] }], true],
    ['of another protocol', [{ protocol: 'Udp', ports: ['1-65535'] }], false],
    ['but the last', [{ protocol: 'Tcp', ports: ['22-3388'] }], false],
    ['but the first', [{ protocol: 'Tcp', ports: ['23-3389'] }], false],
    ['of nonsense', [{ protocol: 'Tcp', ports: ['x', '3389-22', ''] }], false],
  ])('%s', (_, portSets, isGranted) => {
    expect(refusalOf(withRule({ portSets }))).toBe(isGranted ? 'granted' : 'portsNotAllowed');
  });

  it('are granted of every protocol, or not at all', () => {
    const tcp = { protocol: 'Tcp', ports: ['22'] } as const;
    const udp = { protocol: 'Udp', ports: ['22'] } as const;
    const both = { ...row, grant: { ...row.grant, portSets: [tcp, udp] } };
    expect(refusalOf(withRule({ portSets: [tcp] }), both)).toBe('portsNotAllowed');
    expect(refusalOf(withRule({ portSets: [udp] }), both)).toBe('portsNotAllowed');
    expect(refusalOf(withRule({ portSets: [udp, tcp] }), both)).toBe('granted');
  });

  it('that nobody can read are not granted', () => {
    const portSets = [{ protocol: 'Tcp', ports: ['22-'] }] as const;
    expect(refusalOf(policy, { ...row, grant: { ...row.grant, portSets } })).toBe(
      'portsNotAllowed',
    );
  });
});

describe('its machines', () => {
  const optIn = { ...policy, optInTag: { name: 'Access', value: 'yes' } };
  const denyTag: Policy = {
    ...policy,
    deny: [{ name: 'no', roles: [], scopes: [], persons: [], tag: { name: 'tier', value: '0' } }],
  };

  it.each<[string, Policy, ReturnType<TagsOf>, string]>([
    ['carry the tag', optIn, { access: 'yes' }, 'granted'],
    ['carry it no more', optIn, { access: 'no' }, 'vmNotOptedIn'],
    ['carry another spelling of its value', optIn, { Access: 'Yes' }, 'vmNotOptedIn'],
    ['are not known: nothing is closed for that', optIn, null, 'later'],
    ['carry a tag that is denied', denyTag, { TIER: '0' }, 'denied'],
    ['may carry it, and nobody knows', denyTag, null, 'later'],
    ['do not carry it', denyTag, { tier: '1' }, 'granted'],
  ])('%s', (_, other, tags, expected) => {
    expect(refusalOf(other, row, { tags: () => tags })).toBe(expected);
  });

  it('are as many as policy allows at the most', () => {
    const atMost = (vmsPerActivation: number): Policy => ({
      ...policy,
      caps: { ...policy.caps, vmsPerActivation },
    });
    const [first] = row.placements;
    if (first === undefined) throw new Error('no placement');
    const second = first.targets.map((target) => ({ ...target, vmId: vmIdOf('vm-2') }));
    const two = { ...row, placements: [...row.placements, { ...first, targets: second }] };
    expect(refusalOf(atMost(2), two)).toBe('granted');
    expect(refusalOf(atMost(1), two)).toBe('tooBroad');
  });

  it('are asked about once each, by their ids in lower case', () => {
    const asked: string[] = [];
    const tags: TagsOf = (vmId) => {
      asked.push(vmId);
      return {};
    };
    judged(policy, row, { tags });
    expect(asked).toEqual([vmIdOf('vm-1').toLowerCase()]);
  });

  it('are denied by their place, without a tag', () => {
    const scopes = [vmIdOf('vm-1').toLowerCase()];
    const deny = [{ name: 'no', roles: [], scopes, persons: [], tag: null }];
    expect(judged({ ...policy, deny })).toEqual({
      kind: 'denied',
      refusal: 'denied',
      rule: 'rule no',
    });
  });
});

describe('its time', () => {
  const shorter = { ...policy, longestMs: 60 * minute };
  const endAt = T + 60 * minute;

  it.each([
    ['long before it is over', endAt - 30 * minute, 0, 'later'],
    ['a moment before its guard', endAt - limits.guardMs - 1, 0, 'later'],
    ['when its guard begins', endAt - limits.guardMs, 0, 'tooLong'],
    ['by the clock that is ahead', endAt - limits.guardMs - 5_000, 5_000, 'tooLong'],
    ['afterwards', endAt + minute, 0, 'tooLong'],
  ])('that policy makes shorter: %s', (_, hostMs, skewMs, expected) => {
    expect(refusalOf(shorter, row, { hostMs, skewMs })).toBe(expected);
  });

  it('begins earlier where the host’s clock was ahead', () => {
    const hostMs = endAt - limits.guardMs - 5_000;
    expect(refusalOf(shorter, row, { hostMs, skewMs: -5_000 })).toBe('tooLong');
    expect(refusalOf(shorter, row, { hostMs: hostMs - 1, skewMs: -5_000 })).toBe('later');
  });

  it('is the shorter of what policy and its rule allow', () => {
    const hostMs = endAt - limits.guardMs;
    const ofRule = { ...policy, allow: [{ ...operators, longestMs: 60 * minute }] };
    expect(refusalOf(ofRule, row, { hostMs })).toBe('tooLong');
    const longRule = { ...shorter, allow: [{ ...operators, longestMs: 600 * minute }] };
    expect(refusalOf(longRule, row, { hostMs })).toBe('tooLong');
  });

  it('is no matter where the window ends before that', () => {
    expect(refusalOf({ ...policy, longestMs: row.wantedUntil - T })).toBe('granted');
    expect(refusalOf({ ...policy, longestMs: row.wantedUntil - T - 1 })).toBe('later');
  });
});
