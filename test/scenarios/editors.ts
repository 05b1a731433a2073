import type { NamedRule } from '../../local/azure/resourceManager/securityRule';
import { estateOf, nicId, nsgId } from '../../local/estate';
import type { SimulationOptions } from '../support/simulatedAzure';
import { onNic, stories, type Story, withoutChanges } from '../support/stories';

const nsg = nsgId(onNic);

describe('somebody who', () => {
  const { begin } = stories();

  it('deletes our rule is not overruled: the window closes everywhere', async () => {
    const story = await opened();
    story.azure.resourceManager.outOfBand.deleteRule(nsg, ours(story).name);
    await story.minutes(15);
    expect(story.standing()).toEqual({});
    story.expects({ alarms: ['removedByOthers'] });
    await story.minutes(15);
  });

  it('widens our rule’s source lets nobody in for longer than a sweep and a close', async () => {
    const vms = [{ name: 'vm-app-01' }];
    const story = await opened({ estate: estateOf({ vms, subnetNsgs: { 'snet-app': null } }) });
    change(story, { sourceAddressPrefix: '*' });
    expect(story.reaches('vm-app-01', '192.0.2.99')).toBe(true);
    await story.seconds(61 + 65);
    expect(story.reaches('vm-app-01', '192.0.2.99')).toBe(false);
    story.expects({ alarms: ['changedByOthers'], edited: true });
    await story.minutes(28);
  });

  it('takes our marker out of a rule does not keep it from closing in time', async () => {
    const story = await opened();
    change(story, { description: 'mine now' });
    story.expects({ alarms: ['changedByOthers'], edited: true });
    await story.minutes(30);
    expect(withoutChanges(story.reasons())).toEqual([]);
  });

  it('writes a later time into our marker does not keep it from closing in time', async () => {
    const story = await opened();
    const { description = '' } = ours(story).properties;
    change(story, { description: description.replace(/\|\d+\|/, '|4102444800|') });
    story.expects({ alarms: ['changedByOthers'], edited: true });
    await story.minutes(30);
    expect(withoutChanges(story.reasons())).toEqual([]);
  });

  it('puts our rule back after we deleted it sees it deleted again', async () => {
    const story = await opened();
    const rule = ours(story);
    await story.minutes(30);
    expect(story.standing()).toEqual({});
    story.azure.resourceManager.outOfBand.putRule(nsg, rule);
    await story.minutes(2);
    expect(story.standing()).toEqual({});
    story.expects({ alarms: ['ruleAfterClose'], edited: true });
  });

  it('copies our rule under another name finds it reported, and left alone', async () => {
    const story = await opened();
    const { properties } = ours(story);
    const copy = { name: 'mine', properties: { ...properties, priority: 950 } };
    story.azure.resourceManager.outOfBand.putRule(nsg, copy);
    await story.minutes(30);
    expect(story.standing()).toEqual({});
    expect(
      story.azure.resourceManager.estate.effectiveRules(nsg).map(({ name }) => name),
    ).toContain('mine');
    story.expects({ alarms: ['copiedRule'] });
  });

  it('puts a rule of our name that nobody signed finds it reported, and left alone', async () => {
    const story = await begin();
    const name = 'postern-local1-aaaaaaaaaaaaaaaaaaaa-0';
    story.azure.resourceManager.outOfBand.putRule(nsg, foreignRule(name, 500));
    await story.minutes(10);
    expect(Object.values(story.standing()).flat()).toEqual([name]);
    expect(story.appWrites('all')).toEqual([]);
    story.expects({ alarms: ['foreignRule'], overrun: true });
  });

  it('denies the traffic above an open rule does not keep it from closing', async () => {
    const story = await opened();
    const deny = foreignRule('deny-now', 150);
    deny.properties.access = 'Deny';
    story.azure.resourceManager.outOfBand.putRule(nsg, deny);
    expect(story.reaches('vm-app-01')).toBe(false);
    await story.minutes(30);
    expect(story.reasons()).toEqual([]);
  });

  it('deletes the whole NSG ends the window on it, and the other NSG is closed in time', async () => {
    const story = await opened();
    detach(story);
    expect(await story.administrator('DELETE', nsg)).toBe(202);
    await story.minutes(45);
    expect(story.standing()).toEqual({});
    const [stored] = await story.ledger().windows.list();
    expect(stored?.row.placements.map(({ closedKind }) => closedKind).toSorted()).toEqual([
      'deleted',
      'nsgGone',
    ]);
  });

  it('forbids deleting at close finds the rule disarmed, and gone when the lock is', async () => {
    const story = await opened();
    const lock = { scope: nsg, name: 'keep', level: 'CanNotDelete' as const };
    story.azure.resourceManager.estate.addLock(lock);
    await story.minutes(30);
    expect(Object.keys(story.standing())).toEqual([onNic]);
    expect(story.reaches('vm-app-01')).toBe(false);
    expect(ours(story).properties.access).toBe('Deny');
    await story.minutes(30);
    story.azure.resourceManager.estate.removeLock(lock.scope, lock.name);
    await story.minutes(3);
    expect(story.standing()).toEqual({});
    story.expects({ alarms: ['closeRefused', 'disarmed'], disarm: true });
  });

  it('locks the NSG before anything is opened finds the VM refused by name', async () => {
    const story = await begin();
    const lock = { scope: nsg, name: 'keep', level: 'ReadOnly' as const };
    story.azure.resourceManager.estate.addLock(lock);
    story.activate();
    await story.minutes(31);
    expect(story.appWrites('all')).toEqual([]);
    expect(await story.refusals()).toContain('locked');
  });

  it('locks it against every write until after the end hears of it to the second', async () => {
    const story = await opened();
    const lock = { scope: nsg, name: 'frozen', level: 'ReadOnly' as const };
    story.azure.resourceManager.estate.addLock(lock);
    await story.minutes(32);
    expect(Object.keys(story.standing())).toEqual([onNic]);
    const told = story.logged('overrun');
    const late = told.map(({ overrunSeconds = 0 }) => Number(overrunSeconds));
    expect(Math.max(...late)).toBeGreaterThan(60);
    story.azure.resourceManager.estate.removeLock(lock.scope, lock.name);
    await story.minutes(2);
    expect(story.standing()).toEqual({});
    story.expects({ alarms: ['closeRefused', 'overrun'], overrun: true });
  });

  async function opened(options: SimulationOptions = {}): Promise<Story> {
    const story = await begin(options);
    story.activate();
    await story.minutes(1);
    expect(story.reaches('vm-app-01')).toBe(true);
    return story;
  }
});

/** Our one rule in the NSG of the interface. */
function ours({ azure }: Story): NamedRule {
  const rules = azure.resourceManager.estate.effectiveRules(nsg);
  const [rule] = rules.filter(({ name }) => name.startsWith('postern-'));
  if (rule === undefined) throw new Error('No rule of ours stands there.');
  return rule;
}

function change(story: Story, properties: Partial<NamedRule['properties']>): void {
  const rule = ours(story);
  const changed = { ...rule, properties: { ...rule.properties, ...properties } };
  story.azure.resourceManager.outOfBand.putRule(nsg, changed);
}

function foreignRule(name: string, priority: number): NamedRule {
  return {
    name,
    properties: {
      protocol: 'Tcp',
      sourcePortRange: '*',
      destinationPortRange: '22',
      sourceAddressPrefix: '*',
      destinationAddressPrefix: '*',
      access: 'Allow',
      priority,
      direction: 'Inbound',
    },
  };
}

/** Azure deletes no NSG that is in use. */
function detach({ azure }: Story): void {
  const { estate } = azure.resourceManager;
  const nic = estate.nics.get(nicId('nic-vm-app-01').toLowerCase());
  if (nic === undefined) throw new Error('The estate has no such interface.');
  const { networkSecurityGroupId: _gone, ...rest } = nic;
  estate.setNic(rest);
}
