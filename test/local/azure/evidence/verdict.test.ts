import type { ActivationTruth } from '../../../../local/azure/contract';
import { judge } from '../../../../local/azure/evidence/verdict';
import type { Verdict, VerdictInput } from '../../../../local/azure/evidence/verdictTypes';
import type { ResourceManager } from '../../../../local/azure/resourceManager/createResourceManager';
import type { Estate } from '../../../../local/estate';
import {
  demonstrationEstate,
  estateOf,
  foreignRules,
  nicId,
  nsgId,
  subscriptionId,
  vmId,
} from '../../../../local/estate';
import type { VirtualTime } from '../../../virtualTime';
import { installVirtualTime } from '../../../virtualTime';
import { allowRule, clientOf, managerWith } from '../resourceManager/harness';

const onNic = nsgId('nsg-vm-app-01');
const onSubnet = nsgId('nsg-snet-app', 'rg-net');
const group = `/subscriptions/${subscriptionId}/resourceGroups/rg-app`;
const latency = { rulePut: 2_000, ruleDelete: 5_000 };

let time: VirtualTime;
beforeEach(() => {
  time = installVirtualTime();
});
afterEach(() => time.uninstall());

/** Ada's activation: ten minutes from ten o'clock. */
function activation(changes: Partial<ActivationTruth> = {}): ActivationTruth {
  return {
    roleAssignmentId: `${group}/providers/Microsoft.Authorization/roleAssignments/one`,
    requestName: 'request-one',
    principalId: 'ada',
    roleDefinitionGuid: '1c0163c0-47e6-4577-8991-ea5c82e286e4',
    scope: group,
    startAt: '2026-01-01T10:00:00.000Z',
    endAt: '2026-01-01T10:10:00.000Z',
    ...changes,
  };
}

type Run = {
  manager: ResourceManager;
  put(nsg: string, window?: string, changes?: Parameters<typeof allowRule>[0]): Promise<void>;
  remove(nsg: string, window?: string): Promise<void>;
  verdict(changes?: Partial<VerdictInput>): Verdict;
};

/** A run of the app as the opener would write it: each call waits for its operation. */
function run(estate: Estate = demonstrationEstate()): Run {
  const manager = managerWith({ estate, latency });
  const call = clientOf(manager, 'opener');
  const name = (window: string): string => `securityRules/postern-abc123-${window}-0`;
  return {
    manager,
    put: async (nsg, window = 'one', changes = {}) => {
      const properties = allowRule(changes);
      const { status } = await call('PUT', `${nsg}/${name(window)}`, { properties });
      expect([200, 201]).toContain(status);
      await time.pass(2_000);
    },
    remove: async (nsg, window = 'one') => {
      expect((await call('DELETE', `${nsg}/${name(window)}`)).status).toBe(202);
      await time.pass(5_000);
    },
    verdict: (changes = {}) =>
      judge({
        estate,
        records: manager.writeLog.records,
        activations: [activation()],
        now: new Date().toISOString(),
        present: manager.estate.networkSecurityGroups(),
        ...changes,
      }),
  };
}

async function goodRun(): Promise<Run> {
  const good = run();
  await good.put(onNic);
  await good.put(onSubnet);
  await time.pass(300_000);
  await good.remove(onNic);
  await good.remove(onSubnet);
  return good;
}

describe('the verdict passes', () => {
  it('a run that opened every NSG on the path and closed each in time', async () => {
    const verdict = (await goodRun()).verdict();
    expect(verdict).toMatchObject({
      passed: true,
      reasons: [],
      standing: [],
      strayWrites: [],
      changedNsgs: [],
    });
    expect(verdict.lines).toEqual([
      {
        requestName: 'request-one',
        vmId: vmId('vm-app-01'),
        nsgId: onNic,
        on: 'networkInterface',
        state: 'closedInTime',
        rules: ['postern-abc123-one-0'],
        acceptedAt: '2026-01-01T10:00:00.000Z',
        openAt: '2026-01-01T10:00:02.000Z',
        goneAt: '2026-01-01T10:05:09.000Z',
        deadline: '2026-01-01T10:10:00.000Z',
        overrunS: 0,
      },
      expect.objectContaining({ on: 'subnet', goneAt: '2026-01-01T10:05:14.000Z' }),
    ]);
  });

  it('a run in which others changed their own rules meanwhile', async () => {
    const good = await goodRun();
    good.manager.outOfBand.deleteRule(onNic, 'allow-monitoring');
    const rule = { name: 'new', properties: allowRule({ priority: 500 }) };
    good.manager.outOfBand.putRule(onSubnet, rule);
    expect(good.verdict()).toMatchObject({ passed: true, reasons: [] });
  });

  it('a rule that was put twice, and one that somebody else removed', async () => {
    const good = run();
    await good.put(onNic);
    await good.put(onNic, 'one', { description: 'again' });
    await good.put(onSubnet);
    await good.remove(onNic);
    good.manager.outOfBand.deleteRule(onSubnet, 'postern-abc123-one-0');
    expect(good.verdict().reasons).toEqual([]);
  });

  it('VMs that nobody opted in, or another role, or no NSG', async () => {
    const estate = estateOf({
      vms: [
        { name: 'vm-app-01' },
        { name: 'vm-other', tags: {} },
        { name: 'vm-bare', nics: [{ nsg: null, subnet: 'bare' }] },
      ],
      subnetNsgs: { bare: null },
    });
    const good = run(estate);
    await good.put(onNic);
    await good.put(onSubnet);
    await good.remove(onNic);
    await good.remove(onSubnet);
    const other = activation({ roleDefinitionGuid: 'some-other-role', requestName: 'two' });
    const verdict = good.verdict({ activations: [activation(), other] });
    expect(verdict.reasons).toEqual([]);
    expect(verdict.lines).toHaveLength(2);
  });

  it('an activation that was given back before anything was opened', () => {
    const endedEarlyAt = '2026-01-01T10:00:03.000Z';
    const { reasons, lines } = run().verdict({ activations: [activation({ endedEarlyAt })] });
    expect(reasons).toEqual([]);
    expect(lines[0]).toMatchObject({ state: 'neverOpened', endedEarlyAt });
  });

  it('a VM of which one of two interfaces was opened', async () => {
    const estate = estateOf({
      vms: [{ name: 'vm-app-01', nics: [{}, { subnet: 'back', nsg: 'nsg-back' }] }],
    });
    const good = run(estate);
    await good.put(onNic);
    await good.put(onSubnet);
    await good.remove(onNic);
    await good.remove(onSubnet);
    const { lines, reasons } = good.verdict();
    expect([reasons, lines.length]).toEqual([[], 2]);
  });
});

describe('the verdict fails', () => {
  it('a run in which nobody activated, or the app did nothing', () => {
    const idle = run();
    expect(idle.verdict({ activations: [] }).passed).toBe(false);
    const { reasons } = idle.verdict();
    expect(reasons).toHaveLength(2);
    expect(reasons[0]).toContain('was never opened for activation request-one');
  });

  it('a run in which only one NSG of the path was opened', async () => {
    const half = run();
    await half.put(onNic);
    await half.remove(onNic);
    const { lines, passed } = half.verdict();
    expect(passed).toBe(false);
    expect(lines.map((line) => line.state)).toEqual(['closedInTime', 'neverOpened']);
  });

  it('a PUT that was accepted but never took effect', async () => {
    const lost = run();
    lost.manager.faults.add({
      when: ({ method }) => method === 'PUT',
      operation: { status: 'Failed', error: { code: 'E', message: 'm' } },
    });
    await lost.put(onNic);
    expect(lost.verdict().lines[0]?.state).toBe('neverOpened');
  });

  it('a leak: the rule still stands, its overrun counted and its place named', async () => {
    const leak = run();
    await leak.put(onNic);
    await leak.put(onSubnet);
    await leak.remove(onSubnet);
    expect(leak.verdict().lines.map((line) => line.state)).toEqual(['open', 'closedInTime']);
    await time.pass(600_000);
    const verdict = leak.verdict();
    expect(verdict.passed).toBe(false);
    expect(verdict.lines[0]).toMatchObject({ state: 'overrun', overrunS: 9 });
    expect(verdict.standing).toEqual([
      {
        name: 'postern-abc123-one-0',
        nsgId: onNic.toLowerCase(),
        access: 'Allow',
        since: '2026-01-01T10:00:02.000Z',
        deadline: '2026-01-01T10:10:00.000Z',
        overrunS: 9,
      },
    ]);
  });

  it('an overrun: gone, but too late', async () => {
    const late = run();
    await late.put(onNic);
    await late.put(onSubnet);
    await late.remove(onNic);
    await time.pass(10 * 60_000 - 9_000 - 2_000);
    await late.remove(onSubnet);
    const verdict = late.verdict();
    expect(verdict.lines[1]).toMatchObject({ state: 'closedLate', overrunS: 3 });
    expect(verdict.reasons).toEqual([
      `${onSubnet} (subnet of ${vmId('vm-app-01')}) was open 3 s past the activation's end at ` +
        '2026-01-01T10:10:00.000Z.',
    ]);
  });

  it('a rule that was only disarmed', async () => {
    const disarmed = run();
    await disarmed.put(onNic);
    await disarmed.put(onSubnet);
    await disarmed.remove(onNic);
    await disarmed.put(onSubnet, 'one', { access: 'Deny' });
    await time.pass(3_600_000);
    const verdict = disarmed.verdict();
    expect(verdict.lines[1]?.state).toBe('closedInTime');
    expect(verdict.standing).toMatchObject([{ access: 'Deny', overrunS: 0 }]);
    expect(verdict.passed).toBe(false);
  });

  it('a write by the app to anything but its own rules, even a refused one', async () => {
    const good = await goodRun();
    const call = clientOf(good.manager, 'opener');
    await call('DELETE', `${onNic}/securityRules/absent`);
    await call('PATCH', onNic, { tags: {} });
    await call('GET', nicId('nic-vm-app-01'));
    const verdict = good.verdict();
    expect(verdict.strayWrites).toEqual([5, 6]);
    expect(verdict.reasons[1]).toContain('refused');
  });

  it('a foreign rule that the app changed or removed, and names the NSG', async () => {
    const good = await goodRun();
    const call = clientOf(good.manager, 'opener');
    await call('DELETE', `${onNic}/securityRules/allow-monitoring`);
    const properties = allowRule({ priority: 1000 });
    await call('PUT', `${onSubnet}/securityRules/deny-management-from-internet`, { properties });
    await time.pass(5_000);
    expect(good.verdict().changedNsgs.sort()).toEqual([
      onNic.toLowerCase(),
      onSubnet.toLowerCase(),
    ]);
    expect(good.verdict({ present: [] }).changedNsgs).toHaveLength(2);
  });

  it('an NSG that is not what the log says it ought to be', async () => {
    const good = await goodRun();
    const present = good.manager.estate
      .networkSecurityGroups()
      .map((seed) => (seed.id === onNic ? { ...seed, rules: foreignRules().slice(1) } : seed));
    expect(good.verdict({ present }).changedNsgs).toEqual([onNic.toLowerCase()]);
    expect(good.verdict().passed).toBe(true);
  });

  it('a window without an activation in force, or beyond its own', async () => {
    const early = run();
    await early.put(onNic);
    await early.remove(onNic);
    const later = activation({ startAt: '2026-01-01T11:00:00Z', endAt: '2026-01-01T12:00:00Z' });
    const { reasons } = early.verdict({ activations: [later] });
    expect(reasons.at(-1)).toContain('without an activation of its own in force');

    const twice = await goodRun();
    await twice.put(onNic, 'two');
    await twice.remove(onNic, 'two');
    expect(twice.verdict().reasons).toHaveLength(1);
  });

  it('one more window than its person asked for, or one that somebody else did', async () => {
    const good = await goodRun();
    const before = new Date().toISOString();
    for (const window of ['two', 'three']) {
      await good.put(onNic, window);
      await good.remove(onNic, window);
    }
    const asked = { principalId: 'ada', at: before };
    expect(good.verdict({ requests: [asked, asked] }).passed).toBe(true);
    expect(good.verdict({ requests: [asked] }).reasons).toHaveLength(1);
    expect(good.verdict({ requests: [asked, { ...asked, principalId: 'ben' }] }).passed).toBe(
      false,
    );
    const late = { ...asked, at: new Date(Date.now() + 1_000).toISOString() };
    expect(good.verdict({ requests: [asked, late] }).passed).toBe(false);
  });

  it('a window that was asked for and outlived the activation', async () => {
    const good = await goodRun();
    const requests = [{ principalId: 'ada', at: new Date().toISOString() }];
    await good.put(onNic, 'two');
    await time.pass(20 * 60_000);
    await good.remove(onNic, 'two');
    const { passed, reasons } = good.verdict({ requests });
    expect(passed).toBe(false);
    expect(reasons.at(-1)).toContain("past the activation's end");
  });

  it('an overrun of one of two people, whose windows it does not mix up', async () => {
    const two = run();
    const until = (time_: string): string => `postern1|${Date.parse(time_) / 1_000}|k|s`;
    const first = activation();
    const second = activation({
      requestName: 'request-two',
      roleAssignmentId: 'two',
      startAt: '2026-01-01T10:00:01.000Z',
      endAt: '2026-01-01T10:30:00.000Z',
    });
    await time.pass(2_000);
    await two.put(onNic, 'one', { description: until(first.endAt) });
    await two.put(onSubnet, 'one', { description: until(first.endAt) });
    await two.put(onNic, 'two', { priority: 300, description: until(second.endAt) });
    await two.put(onSubnet, 'two', { priority: 300, description: until(second.endAt) });
    for (const window of ['two', 'one']) {
      if (window === 'one') await time.pass(15 * 60_000);
      await two.remove(onNic, window);
      await two.remove(onSubnet, window);
    }
    const { lines } = two.verdict({ activations: [first, second] });
    expect(lines.map((line) => [line.requestName, line.state])).toEqual([
      ['request-one', 'closedLate'],
      ['request-one', 'closedLate'],
      ['request-two', 'closedInTime'],
      ['request-two', 'closedInTime'],
    ]);
  });
});
