import { estateOf, managementGroup, vmId } from '../../local/estate';
import { administratorLogin } from '../../local/tenant';
import {
  ada,
  appGroup,
  onNic,
  onSubnet,
  stories,
  subscription,
  workPolicy,
} from '../support/stories';

const start = Date.parse('2026-01-01T10:00:00Z');
const inMinutes = (count: number): string => new Date(start + count * 60_000).toISOString();

describe('an activation', () => {
  const { begin } = stories();

  it('lets its person in within seconds, and nobody else, and ends before PIM does', async () => {
    const story = await begin();
    expect(story.reaches('vm-app-01')).toBe(false);
    story.activate({ minutes: 30 });
    await story.seconds(15);
    expect(story.reaches('vm-app-01')).toBe(true);
    expect(story.reaches('vm-app-01', '203.0.113.20')).toBe(false);
    expect(story.reaches('vm-app-01', '203.0.113.10', 5985)).toBe(false);
    await story.minutes(26);
    expect(story.reaches('vm-app-01')).toBe(true);
    await story.minutes(2);
    expect(story.reaches('vm-app-01')).toBe(false);
    await story.minutes(3);
    expect(story.reasons()).toEqual([]);
    expect(Math.max(...story.goneAfterSeconds())).toBeLessThan(27 * 60 + 10);
  });

  it('that starts in the future opens nothing before its start', async () => {
    const story = await begin();
    story.activate({ minutes: 30, startAt: inMinutes(90) });
    await story.minutes(89.9);
    expect(story.appWrites()).toEqual([]);
    await story.minutes(1);
    // The address was seen long before: only the named range is let in.
    expect(story.reaches('vm-app-01', '198.51.100.7')).toBe(true);
    expect(story.reaches('vm-app-01')).toBe(false);
    await story.minutes(30);
    expect(story.reasons()).toEqual([]);
  });

  it('that waits for approval opens nothing until somebody says yes', async () => {
    const story = await begin();
    const { requestName } = story.activate({ minutes: 30, approvalRequired: true });
    await story.minutes(20);
    expect(story.appWrites()).toEqual([]);
    story.azure.pim.approve(requestName);
    await story.seconds(30);
    // The address is twenty minutes old by now: only the named range is let in.
    expect(story.reaches('vm-app-01', '198.51.100.7')).toBe(true);
    expect(story.reaches('vm-app-01')).toBe(false);
    await story.minutes(30);
    expect(story.reasons()).toEqual([]);
  });

  it('that is approved at once lets the person in from the address of the request', async () => {
    const story = await begin();
    const { requestName } = story.activate({ minutes: 30, approvalRequired: true });
    await story.minutes(5);
    story.azure.pim.approve(requestName);
    await story.seconds(30);
    expect(story.reaches('vm-app-01')).toBe(true);
    await story.minutes(30);
    expect(story.reasons()).toEqual([]);
  });

  it.each(['deny', 'cancel'] as const)('that ends in %s opens nothing', async (answer) => {
    const story = await begin();
    const { requestName } = story.activate({ minutes: 30, approvalRequired: true });
    await story.minutes(2);
    story.azure.pim[answer](requestName);
    await story.minutes(30);
    expect(story.appWrites('all')).toEqual([]);
  });

  it('narrowed to one VM opens that VM alone', async () => {
    const estate = estateOf({ vms: [{ name: 'vm-a' }, { name: 'vm-b' }] });
    const story = await begin({ estate });
    story.activate({ minutes: 30, scope: vmId('vm-a') });
    await story.seconds(20);
    expect(story.reaches('vm-a')).toBe(true);
    expect(story.reaches('vm-b')).toBe(false);
    expect(Object.keys(story.standing())).toEqual([onSubnet, 'nsg-vm-a']);
    await story.minutes(31);
    expect(story.reasons()).toEqual([]);
  });

  it('on a subscription opens the VMs of all its groups', async () => {
    const vms = [{ name: 'vm-a' }, { name: 'vm-b', group: 'rg-other' }];
    const story = await begin({ estate: estateOf({ vms }) });
    eligible(story, subscription);
    story.activate({ minutes: 30, scope: subscription });
    await story.seconds(20);
    expect(story.reaches('vm-a')).toBe(true);
    expect(story.reaches('vm-b')).toBe(true);
    await story.minutes(31);
    expect(story.reasons()).toEqual([]);
  });

  it('on a management group that we may not read opens nothing, and says so', async () => {
    const scope = `/providers/Microsoft.Management/managementGroups/${managementGroup}`;
    const policy = workPolicy.replace(`scopes: [${subscription}]`, "scopes: ['/']");
    const story = await begin({ policy });
    eligible(story, scope);
    story.activate({ minutes: 30, scope });
    await story.minutes(31);
    expect(story.azure.pim.truth()).toHaveLength(1);
    expect(story.appWrites('all')).toEqual([]);
    // What comes after it is served as ever.
    story.activate({ minutes: 30 });
    await story.seconds(20);
    expect(story.reaches('vm-app-01')).toBe(true);
    await story.minutes(31);
    story.expects({ alarms: ['intakeFault'], live: true });
  });

  it('longer than the policy allows is closed at the policy’s time', async () => {
    const story = await begin();
    story.activate({ minutes: 300 });
    await story.minutes(176);
    expect(Object.keys(story.standing())).toEqual([onSubnet, onNic]);
    await story.minutes(4);
    expect(story.standing()).toEqual({});
    await story.minutes(121);
    expect(story.reasons()).toEqual([]);
  });

  it('too short to be worth it is refused by name', async () => {
    const story = await begin();
    story.activate({ minutes: 5 });
    await story.minutes(6);
    expect(story.appWrites('all')).toEqual([]);
    expect(await story.refusals()).toEqual(['tooShort']);
  });

  it('on a scope that no rule covers is refused by name', async () => {
    const policy = workPolicy.replace(`[${subscription}]`, `[${appGroup}]`);
    const story = await begin({ policy });
    eligible(story, subscription);
    story.activate({ minutes: 30, scope: subscription });
    await story.minutes(31);
    expect(story.appWrites('all')).toEqual([]);
    expect(await story.refusals()).toEqual(['scopeNotAllowed']);
  });

  function eligible({ azure }: Awaited<ReturnType<typeof begin>>, scope: string): void {
    azure.pim.makeEligible({ principalId: ada, roleDefinitionGuid: administratorLogin, scope });
  }
});
