import type { NamedRule } from '../../local/azure/resourceManager/securityRule';
import {
  type Estate,
  estateOf,
  fillerRules,
  nicId,
  nsgId,
  vmId,
  vmsOnManyNsgs,
  vmsOnOneNsg,
} from '../../local/estate';
import { appGroup, stories, type Story, workPolicy } from '../support/stories';

describe('the VMs of an activation', () => {
  const { begin } = stories();

  it('that share one NSG are opened by one rule', async () => {
    const story = await life(vmsOnOneNsg(10));
    expect(story.standing()).toEqual({ 'nsg-snet-app': [expect.any(String)] });
    expect(story.reaches('vm-1') && story.reaches('vm-10')).toBe(true);
    await end(story);
    expect(story.appWrites()).toHaveLength(2);
  });

  it('with an NSG each are opened by a rule each', async () => {
    const story = await life(vmsOnManyNsgs(10));
    expect(Object.values(story.standing()).map((rules) => rules.length)).toEqual(
      Array.from({ length: 10 }, () => 1),
    );
    await end(story);
    expect(story.appWrites()).toHaveLength(20);
  });

  it('above the cap are refused whole, with the way to narrow it', async () => {
    const story = await life(vmsOnOneNsg(11));
    expect(story.appWrites('all')).toEqual([]);
    expect(await story.refusals()).toEqual(['tooBroad']);
    story.activate({ scope: vmId('vm-3') });
    await story.seconds(20);
    expect(story.reaches('vm-3')).toBe(true);
    expect(story.reaches('vm-4')).toBe(false);
    await story.minutes(31);
  });

  it('are opened also while they are stopped', async () => {
    const story = await life(estateOf({ vms: [{ name: 'vm-a', powerState: 'deallocated' }] }));
    expect(story.reaches('vm-a')).toBe(true);
    await end(story);
  });

  it('without any NSG are refused by name, the others opened', async () => {
    const story = await life(
      estateOf({
        vms: [{ name: 'vm-a' }, { name: 'vm-bare', nics: [{ nsg: null, subnet: 'snet-bare' }] }],
        subnetNsgs: { 'snet-bare': null },
      }),
    );
    expect(story.reaches('vm-a')).toBe(true);
    expect(await story.refusals()).toEqual(['noNsg']);
    await end(story, 'vm-bare');
  });

  it('with two network interfaces are opened on every NSG of both', async () => {
    const nics = [{ nsg: 'nsg-front' }, { nsg: 'nsg-back', subnet: 'snet-back' }];
    const story = await life(estateOf({ vms: [{ name: 'vm-a', nics }] }));
    expect(Object.keys(story.standing()).toSorted()).toEqual([
      'nsg-back',
      'nsg-front',
      'nsg-snet-app',
      'nsg-snet-back',
    ]);
    await end(story);
  });

  it('that nobody opted in stay shut', async () => {
    const story = await life(estateOf({ vms: [{ name: 'vm-a', tags: {} }, { name: 'vm-b' }] }));
    expect([story.reaches('vm-a'), story.reaches('vm-b')]).toEqual([false, true]);
    expect(await story.refusals()).toEqual(['vmNotOptedIn']);
    await end(story, 'vm-a');
  });

  it('that a deny rule names stay shut although they are opted in', async () => {
    const tags = { postern: 'enabled', tier: '0' };
    const policy = `${workPolicy}\ndeny: [{ name: crown, tag: { name: tier, value: '0' } }]\n`;
    const estate = estateOf({ vms: [{ name: 'vm-a', tags }, { name: 'vm-b' }] });
    const story = await life(estate, policy);
    expect([story.reaches('vm-a'), story.reaches('vm-b')]).toEqual([false, true]);
    expect(await story.refusals()).toEqual(['denied']);
    await end(story, 'vm-a');
  });

  it('of which one is gone, and its address given to another, open only what is left', async () => {
    const estate = estateOf({ vms: [{ name: 'vm-a' }, { name: 'vm-b' }, { name: 'vm-c' }] });
    const story = await begin({ estate, resourceManager: { resourceGraphLagMs: 600_000 } });
    const { estate: store } = story.azure.resourceManager;
    const [a, c] = ['vm-a', 'vm-c'].map((name) =>
      store.nics.get(nicId(`nic-${name}`).toLowerCase()),
    );
    if (a === undefined || c === undefined) throw new Error('The estate has no such interfaces.');
    store.removeVm(vmId('vm-a'));
    store.removeNic(a.id);
    store.setNic({ ...c, ipConfigurations: a.ipConfigurations });
    store.setVm({ ...required(store.vms.get(vmId('vm-c').toLowerCase())), tags: {} });
    story.activate();
    await story.seconds(30);
    expect(story.reaches('vm-b')).toBe(true);
    expect(await story.refusals()).toContain('vanished');
    await story.minutes(31);
    expect(story.standing()).toEqual({});
  });

  it('reachable over another family only than the source are refused', async () => {
    const story = await life(
      estateOf({ vms: [{ name: 'vm-a', nics: [{ addresses: ['fd00::4'] }] }] }),
    );
    expect(story.appWrites('all')).toEqual([]);
    expect(await story.refusals()).toContain('addressFamily');
  });

  describe('behind an NSG', () => {
    it('with a thousand rules are refused, and nothing else is touched', async () => {
      const story = await life(oneVm([...fillerRules(1_000)]));
      expect(story.appWrites('all')).toEqual([]);
      expect(await story.refusals()).toContain('ruleCountLimit');
    });

    it('with 999 rules get the last one', async () => {
      const story = await life(oneVm([...fillerRules(999)]));
      expect(story.reaches('vm-a')).toBe(true);
      await end(story);
    });

    it('whose band is full are refused by name', async () => {
      const full = Array.from({ length: 700 }, (_item, at) =>
        rule(`r-${at}`, 200 + at, '10.9.0.0/24'),
      );
      const story = await life(oneVm(full));
      expect(story.appWrites('all')).toEqual([]);
      expect(await story.refusals()).toContain('bandFull');
    });

    it('with one priority left get that one', async () => {
      const full = Array.from({ length: 699 }, (_item, at) =>
        rule(`r-${at}`, 200 + at, '10.9.0.0/24'),
      );
      const story = await life(oneVm(full));
      expect(story.reaches('vm-a')).toBe(true);
      await end(story);
    });

    it('that denies the same traffic above our band are refused as shadowed', async () => {
      const deny = rule('deny-all-management', 150, 'Internet', 'Deny');
      const story = await life(oneVm([deny]));
      expect(story.appWrites('all')).toEqual([]);
      expect(await story.refusals()).toContain('shadowed');
    });

    it('that denies them only after the plan was made are given up again', async () => {
      const story = await begin({ estate: oneVm([]) });
      story.azure.resourceManager.faults.add({
        times: 1,
        when: ({ method }) => {
          if (method !== 'PUT') return false;
          const deny = rule('deny-all-management', 150, 'Internet', 'Deny');
          story.azure.resourceManager.outOfBand.putRule(nsgId('nsg-vm-a'), deny);
          return true;
        },
      });
      story.activate();
      await story.minutes(4);
      expect(story.standing()).toEqual({});
      expect(await story.refusals()).toContain('shadowed');
      await story.minutes(28);
    });

    it('that lets the same traffic in anyway are opened, and the record says so', async () => {
      const story = await life(oneVm([rule('open-to-all', 900, '*')]));
      expect(story.reaches('vm-a')).toBe(true);
      await end(story);
      expect(story.reaches('vm-a')).toBe(true);
      const [stored] = await story.ledger().windows.list();
      expect(stored?.row.placements.map(({ admittedAnyway }) => admittedAnyway)).toEqual([true]);
    });
  });

  async function life(estate: Estate, policy = workPolicy): Promise<Story> {
    const story = await begin({ estate, policy });
    // Not on the minute: the sweep would delete what the window deletes in the same moment.
    await story.seconds(20);
    story.activate({ scope: appGroup });
    await story.seconds(40);
    return story;
  }

  async function end(story: Story, ...refused: string[]): Promise<void> {
    await story.minutes(30);
    const isExpected = (_of: unknown, { id }: { id: string }): boolean =>
      !refused.some((name) => id.endsWith(`/${name}`));
    expect(story.reasons(isExpected)).toEqual([]);
  }
});

/** One VM, one NSG, with these rules of others in it. */
function oneVm(rules: NamedRule[]): Estate {
  return estateOf({
    vms: [{ name: 'vm-a' }],
    subnetNsgs: { 'snet-app': null },
    rules: { 'nsg-vm-a': rules },
  });
}

function rule(
  name: string,
  priority: number,
  sourceAddressPrefix: string,
  access: 'Allow' | 'Deny' = 'Allow',
): NamedRule {
  return {
    name,
    properties: {
      protocol: 'Tcp',
      sourcePortRange: '*',
      destinationPortRanges: ['22', '3389'],
      sourceAddressPrefix,
      destinationAddressPrefix: '*',
      access,
      priority,
      direction: 'Inbound',
    },
  };
}

function required<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('The estate has nothing of that name.');
  return value;
}
