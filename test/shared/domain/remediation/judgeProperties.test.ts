import * as fc from 'fast-check';
import type { Candidate } from '../../../../shared/domain/remediation/candidate';
import { findTag } from '../../../../shared/domain/remediation/tags';
import { fingerprintOf } from '../../../../shared/domain/remediation/fingerprintOf';
import { judgeCandidate } from '../../../../shared/domain/remediation/judgeCandidate';
import { reasons } from '../../../../shared/domain/remediation/reasons';
import type { RemediationRules } from '../../../../shared/domain/remediation/remediationRules';
import type { PlannedWrite } from '../../../../shared/domain/remediation/verdict';
import {
  extensionOf,
  linuxCandidate,
  rulesOf,
  windowsCandidate,
} from '../../../support/candidates';

const garbage = fc.string({ unit: 'binary', maxLength: 20 });
const oneOf = (...values: string[]) => fc.oneof(fc.constantFrom(...values), garbage);
const tags = fc.dictionary(
  oneOf('postern-remediation', 'POSTERN-SYSTEM-IDENTITY', 'aks-managed-x', 'domain', '__proto__'),
  oneOf('off', 'allow', 'Allow', ''),
);
const tagMatch = fc.oneof(
  fc.record({ name: oneOf('domain', 'postern-remediation'), value: oneOf('off', '') }),
  fc.record({ name: oneOf('domain') }),
);

const extension = fc.record({
  name: oneOf('AADLoginForWindows', 'x', '__proto__'),
  publisher: oneOf('Microsoft.Azure.ActiveDirectory', 'Microsoft.Compute', 'Microsoft.AKS'),
  type: oneOf('AADLoginForWindows', 'AADSSHLoginForLinux', 'AADLoginForLinux', 'JsonADDomainExt'),
  version: oneOf('1.0', '2.0'),
  state: oneOf('Succeeded', 'Failed', 'Creating', 'Canceled'),
});

const anything: fc.Arbitrary<Candidate> = fc.record({
  vmId: fc.oneof(fc.constantFrom(windowsCandidate().vmId), garbage),
  name: garbage,
  subscriptionId: garbage,
  location: garbage,
  vmGuid: garbage,
  tags,
  osType: oneOf('Windows', 'Linux', 'linux'),
  image: fc.record({
    publisher: oneOf('MicrosoftWindowsServer', 'Canonical', 'cisco'),
    offer: oneOf('UbuntuServer', 'WindowsServer'),
    sku: oneOf('2022-datacenter', '22_04-lts', '2019-datacenter-core'),
    id: garbage,
  }),
  osName: oneOf('Windows Server 2022 Datacenter', 'ubuntu', ''),
  osVersion: oneOf('10.0.20348', '22.04', ''),
  computerName: garbage,
  vmSize: oneOf('Standard_B1ls', 'Standard_D2s_v5'),
  power: oneOf('running', 'stopped'),
  agent: fc.constantFrom('ready', 'notReady', 'unknown'),
  extensionsAllowed: fc.constantFrom(true, false, null),
  identity: fc.record({ system: fc.boolean(), userAssigned: fc.array(garbage, { maxLength: 4 }) }),
  scaleSetId: fc.oneof(fc.constant(''), garbage),
  planPublisher: oneOf('', 'fortinet'),
  managedBy: fc.oneof(fc.constant(''), garbage),
  extensions: fc.array(extension, { maxLength: 4 }),
  outbound: fc.constantFrom('explicit', 'implicit', 'none', 'unknown'),
});

/** Nothing but what is decided of it stands in its way: most of these are fixed. */
const healthy: fc.Arbitrary<Candidate> = fc
  .tuple(
    anything,
    fc.constantFrom(windowsCandidate(), linuxCandidate()),
    fc.boolean(),
    fc.array(
      fc.constantFrom('Failed', 'Succeeded', 'Canceled').map((state) => extensionOf({ state })),
      { maxLength: 2 },
    ),
  )
  .map(([{ identity }, sound, optedIn, extensions]) => ({
    ...sound,
    identity,
    extensions,
    tags: optedIn ? { 'postern-system-identity': 'allow' } : {},
  }));

const candidate = fc.oneof(anything, healthy);
const surroundings = fc.record({
  duplicateName: fc.boolean(),
  policyAssignmentId: fc.oneof(fc.constant(''), garbage),
});
const rules: fc.Arbitrary<RemediationRules> = fc
  .record({
    optOutTags: fc.array(tagMatch, { maxLength: 2 }),
    domainJoined: fc.record({
      tags: fc.array(tagMatch, { maxLength: 2 }),
      scopes: fc.array(
        garbage.filter((text) => text !== ''),
        { maxLength: 2 },
      ),
    }),
    windowsList: fc.constantFrom('older' as const, 'newer' as const),
    defaultOutbound: fc.constantFrom('refuse' as const, 'accept' as const),
    intune: fc.boolean(),
  })
  .map(rulesOf);

const harmless = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{0,1000}$/u;

/** What the VM looks like once Azure has done what was asked. */
function applied(to: Candidate, write: PlannedWrite): Candidate {
  if (write.what === 'identity') {
    return { ...to, identity: { system: true, userAssigned: write.userAssigned } };
  }
  const { name, type, version } = write;
  const publisher = 'Microsoft.Azure.ActiveDirectory';
  const others = to.extensions.filter((one) => one.name !== name);
  return {
    ...to,
    extensions: [...others, { name, publisher, type, version, state: 'Succeeded' }],
  };
}

describe('judging whatever Azure tells', () => {
  it('never throws, and answers in the words of the tables', () => {
    fc.assert(
      fc.property(candidate, surroundings, rules, (vm, around, decided) => {
        const verdict = judgeCandidate(vm, around, decided);
        if (verdict.kind === 'skip') {
          expect(Object.keys(reasons)).toContain(verdict.reason);
          expect(verdict.detail).toMatch(harmless);
        }
        expect(Object.hasOwn(verdict, 'writes')).toBe(verdict.kind === 'fix');
      }),
      { numRuns: 300 },
    );
  });

  it('never loses an identity, and never adds one beside others without their owner', () => {
    fc.assert(
      fc.property(candidate, surroundings, rules, (vm, around, decided) => {
        const verdict = judgeCandidate(vm, around, decided);
        const write =
          verdict.kind === 'fix'
            ? verdict.writes.find(({ what }) => what === 'identity')
            : undefined;
        if (write?.what !== 'identity') return;
        expect(vm.identity.system).toBe(false);
        expect(write.userAssigned).toEqual(vm.identity.userAssigned);
        if (write.userAssigned.length > 0) {
          expect(findTag(vm.tags, [decided.keepIdentitiesTag])).not.toBeNull();
        }
      }),
      { numRuns: 300 },
    );
  });

  it('plans one write of a kind, identity first, and none where nothing is missing', () => {
    fc.assert(
      fc.property(candidate, surroundings, rules, (vm, around, decided) => {
        const verdict = judgeCandidate(vm, around, decided);
        if (verdict.kind !== 'fix') return;
        const order = verdict.writes.map(({ what }) => what).join();
        expect(['identity,extension', 'identity', 'extension']).toContain(order);
      }),
      { numRuns: 300 },
    );
  });

  it('comes to ready once its writes are done, and plans nothing twice', () => {
    let fixed = 0;
    fc.assert(
      fc.property(candidate, surroundings, rules, (vm, around, decided) => {
        const verdict = judgeCandidate(vm, around, decided);
        if (verdict.kind !== 'fix') return;
        fixed += 1;
        const after = verdict.writes.reduce(applied, vm);
        expect(judgeCandidate(after, around, decided)).toEqual({ kind: 'ready' });
        // Halfway, after a crash: what is left is the rest, and the same as before.
        const [first, ...others] = verdict.writes;
        if (first === undefined || others.length === 0) return;
        expect(judgeCandidate(applied(vm, first), around, decided)).toMatchObject({
          writes: others,
        });
      }),
      { numRuns: 1_000 },
    );
    expect(fixed).toBeGreaterThan(50);
  });

  it('stops at each reason to skip: one more reason never leads to a write', () => {
    const spoil: ((vm: Candidate) => Candidate)[] = [
      (vm) => ({ ...vm, tags: { ...vm.tags, 'postern-remediation': 'off' } }),
      (vm) => ({ ...vm, scaleSetId: '/ss' }),
      (vm) => ({ ...vm, managedBy: '/m' }),
      (vm) => ({ ...vm, planPublisher: 'cisco' }),
      (vm) => ({ ...vm, osType: 'Plan9' }),
      (vm) => ({ ...vm, power: 'deallocated' }),
      (vm) => ({ ...vm, agent: 'notReady' }),
      (vm) => ({ ...vm, extensionsAllowed: false }),
      (vm) => ({ ...vm, outbound: 'none' }),
      (vm) => ({
        ...vm,
        extensions: [...vm.extensions, extensionOf({ type: 'JsonADDomainExtension' })],
      }),
    ];
    fc.assert(
      fc.property(candidate, surroundings, fc.constantFrom(...spoil), (vm, around, worse) => {
        expect(judgeCandidate(worse(vm), around, rulesOf()).kind).not.toBe('fix');
      }),
      { numRuns: 300 },
    );
  });

  it('does not depend on the order of tags, extensions or identities', () => {
    fc.assert(
      fc.property(candidate, surroundings, rules, (vm, around, decided) => {
        const turned = { ...vm, tags: Object.fromEntries(Object.entries(vm.tags).reverse()) };
        expect(judgeCandidate(turned, around, decided)).toEqual(
          judgeCandidate(vm, around, decided),
        );
        const all = {
          ...turned,
          extensions: [...vm.extensions].reverse(),
          identity: { ...vm.identity, userAssigned: [...vm.identity.userAssigned].reverse() },
        };
        expect(judgeCandidate(all, around, decided).kind).toBe(
          judgeCandidate(vm, around, decided).kind,
        );
        expect(fingerprintOf(all)).toBe(fingerprintOf(vm));
      }),
      { numRuns: 300 },
    );
  });

  it('judges 10,000 of them alike, and changes none', () => {
    const around = { duplicateName: false, policyAssignmentId: '' };
    const frozen = Object.freeze(windowsCandidate());
    const kinds = Array.from({ length: 10_000 }, () => judgeCandidate(frozen, around, rulesOf()));
    expect(new Set(kinds.map(({ kind }) => kind))).toEqual(new Set(['fix']));
  });
});
