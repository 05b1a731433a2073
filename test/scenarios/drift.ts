import type { NetworkInterfaceSeed, VirtualMachineSeed } from '../../local/estate';
import { onNic, onSubnet, stories, type Story } from '../support/stories';

const both = [onSubnet, onNic];
const closedWithinSeconds = 75;

async function opened(story: Story): Promise<void> {
  story.activate({ minutes: 60 });
  await story.minutes(3);
  expect(Object.keys(story.standing())).toEqual(both);
}

function machine({ azure }: Story): { vm: VirtualMachineSeed; nic: NetworkInterfaceSeed } {
  const { estate } = azure.resourceManager;
  const vm = [...estate.vms.values()].find(({ id }) => id.endsWith('/vm-app-01'));
  const nic = estate.nics.get(vm?.networkInterfaceIds[0]?.toLowerCase() ?? '');
  if (vm === undefined || nic === undefined) throw new Error('No machine.');
  return { vm, nic };
}

describe('what a window leads to', () => {
  const { begin } = stories();

  it.each<[string, (story: Story) => void]>([
    [
      'is another machine of the same name',
      (story) => {
        const { estate } = story.azure.resourceManager;
        const { vm } = machine(story);
        estate.setVm({ ...vm, vmId: 'dddddddd-0000-4000-8000-00000000000d' });
      },
    ],
    ['was deleted', (story) => story.azure.resourceManager.estate.removeVm(machine(story).vm.id)],
    [
      'has lost its address',
      (story) => {
        const { nic } = machine(story);
        const ipConfigurations = nic.ipConfigurations.map((one) => ({
          ...one,
          privateIPAddress: '10.10.1.77',
        }));
        story.azure.resourceManager.estate.setNic({ ...nic, ipConfigurations });
      },
    ],
  ])('closes within a period when it %s', async (_name, change) => {
    const story = await begin();
    await opened(story);
    change(story);
    await story.seconds(closedWithinSeconds);
    expect(story.standing()).toEqual({});
    const [closing] = story.logged('window.closing');
    expect(closing).toMatchObject({ reason: 'targetChanged' });
    await story.minutes(60);
  });

  it('stays open while the index shows something else and the machine is the same', async () => {
    const story = await begin({ resourceManager: { resourceGraphLagMs: 600_000 } });
    await opened(story);
    const { vm } = machine(story);
    const { estate } = story.azure.resourceManager;
    estate.setVm({ ...vm, vmId: 'dddddddd-0000-4000-8000-00000000000d' });
    await story.seconds(5);
    estate.setVm(vm);
    await story.minutes(30);
    expect(Object.keys(story.standing())).toEqual(both);
    await story.minutes(30);
    expect(story.reasons()).toEqual([]);
  });
});

describe('who did it', () => {
  const { begin } = stories();

  it('is told by the activity log some minutes after the close', async () => {
    const story = await begin();
    await opened(story);
    const [rule = ''] = story.standing()[onNic] ?? [];
    const nsg = story.azure.resourceManager.estate
      .networkSecurityGroups()
      .find(({ id }) => id.endsWith(`/${onNic}`));
    story.azure.resourceManager.outOfBand.deleteRule(nsg?.id ?? '', rule);
    await story.minutes(15);
    expect(story.standing()).toEqual({});
    expect(story.logged('drift.author')).toEqual([
      expect.objectContaining({
        caller: 'administrator',
        reason: 'removedByOthers',
        operation: 'Microsoft.Network/networkSecurityGroups/securityRules/delete',
      }),
    ]);
    await story.minutes(45);
    story.expects({ alarms: ['removedByOthers'], edited: true });
  });
});
