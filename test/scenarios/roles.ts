import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Estate, estateOf, vmId } from '../../local/estate';
import { loginExtension } from '../../local/estateConnect';
import { customRoleGuids } from '../../local/tenant';
import { createLedgerMemory } from '../../shared/ledgerMemory';
import { withBastion } from '../support/bastionEstate';
import { onNic, onSubnet, stories, type Story, workPolicy } from '../support/stories';

type Role = { Name: string; Actions: string[] };

const role = (name: string): Role =>
  JSON.parse(
    readFileSync(join(__dirname, '..', '..', 'infra', 'roles', `${name}.json`), 'utf8'),
  ) as Role;
const opener = role('opener');
const without = (action: string): Role => ({
  ...opener,
  Actions: opener.Actions.filter((other) => other !== action),
});
const remove = 'Microsoft.Network/networkSecurityGroups/securityRules/delete';
const write = 'Microsoft.Network/networkSecurityGroups/securityRules/write';
/** What tells apart two machines of one address, see below; nothing else asks for it. */
const readNetworks = 'Microsoft.Network/virtualNetworks/read';
/** What only the subnet itself can tell: that no NSG is attached to it any more, or none yet. */
const readSubnets = 'Microsoft.Network/virtualNetworks/subnets/read';
/** Who it was that changed a rule of ours: nothing waits for it. */
const readActivityLog = 'Microsoft.Insights/eventtypes/values/Read';
/** What people are told to type: nothing opens or closes by it. */
const readExtensions = 'Microsoft.Compute/virtualMachines/extensions/read';
const readBastions = 'Microsoft.Network/bastionHosts/read';
/** What policy says of local accounts, which the readiness of a VM tells of. */
const readPolicyStates = 'Microsoft.PolicyInsights/policyStates/read';
const seldom = [
  remove,
  readNetworks,
  readSubnets,
  readActivityLog,
  readExtensions,
  readBastions,
  readPolicyStates,
];
/** Only the address of the person's own request will do. */
const ownAddressOnly = workPolicy.replace(/ {6}ranges.*\n/, '');

describe('the role of the opener', () => {
  const { begin } = stories();

  it('is enough for the whole life of a window', async () => {
    const story = await begin({ policy: ownAddressOnly });
    await life(story);
    expect(story.reasons()).toEqual([]);
    expect(refused(story)).toEqual([]);
  });

  it.each(opener.Actions.filter((action) => !seldom.includes(action)))(
    'needs %s: without it nothing opens',
    async (action) => {
      const story = await begin({ policy: ownAddressOnly, roles: { opener: without(action) } });
      await life(story);
      expect(story.appWrites()).toEqual([]);
      // A right may be given later: what cannot be asked now is asked again.
      story.expects({ alarms: raised(story), live: true });
    },
  );

  it.each([
    [opener, false],
    [without(readNetworks), true],
  ])(
    'needs to read networks, or two machines of one address look like one',
    async (held, isOpen) => {
      const story = await begin({ estate: twins(), roles: { opener: held } });
      await story.seconds(20);
      story.activate({ scope: vmId('vm-a') });
      await story.seconds(40);
      expect(story.reaches('vm-a')).toBe(isOpen);
      expect((await story.refusals()).includes('addressAmbiguous')).toBe(!isOpen);
      await story.minutes(31);
    },
  );

  it.each([
    [opener, true],
    [without(readSubnets), false],
  ])('needs to read a subnet whose NSG no list names', async (held, isOpen) => {
    const estate = estateOf({ vms: [{ name: 'vm-a' }], subnetNsgs: { 'snet-app': null } });
    const story = await begin({ estate, roles: { opener: held } });
    await story.seconds(20);
    story.activate({ scope: vmId('vm-a') });
    await story.seconds(40);
    expect(story.appWrites()).toHaveLength(isOpen ? 1 : 0);
    await story.minutes(31);
    story.expects({ alarms: raised(story), live: !isOpen });
  });

  it.each([
    [opener, '"via":"bastion"', true],
    [without(readBastions), '"via":"bastion"', false],
    [opener, 'extensionMissing', false],
    [without(readExtensions), 'extensionMissing', true],
  ])('needs to read what leads to a machine, or people are told less', async (held, told, is) => {
    const estate = withBastion(
      estateOf({ vms: [{ name: 'vm-win', extensions: [loginExtension('Windows')] }] }),
    );
    const story = await begin({ estate, roles: { opener: held } });
    story.activate({ minutes: 15, scope: vmId('vm-win') });
    await story.seconds(40);
    const { id } = (await onlyWindow(story)) ?? { id: '' };
    const { body } = await story.host().http({
      method: 'GET',
      url: `${story.host().address.origin}/api/windows/${id}/connect`,
      headers: { 'x-local-persona': 'ada' },
    });
    expect(String(body).includes(told)).toBe(is);
    await story.minutes(16);
  });

  it('needs the right to delete: without it rules are turned into a Deny, never left open', async () => {
    const story = await begin({ roles: { opener: without(remove) } });
    await life(story);
    expect(Object.keys(story.standing())).toEqual([onSubnet, onNic]);
    expect(story.reaches('vm-app-01')).toBe(false);
    expect(story.verdict().lines.map(({ overrunS }) => overrunS)).toEqual([0, 0]);
    story.azure.resourceManager.defineRole({ ...opener, Id: customRoleGuids.opener });
    await story.minutes(3);
    expect(story.standing()).toEqual({});
    story.expects({ alarms: ['closeRefused', 'disarmed'], disarm: true });
  });

  it('taken away while a window stands closes it when it is given back, and says how late', async () => {
    const story = await begin();
    story.activate();
    await story.minutes(5);
    define(story, []);
    await story.minutes(30);
    expect(Object.keys(story.standing())).toEqual([onSubnet, onNic]);
    define(story, opener.Actions);
    await story.minutes(2);
    expect(story.standing()).toEqual({});
    expect(raised(story)).toContain('overrun');
    story.expects({ overrun: true, alarms: raised(story) });
  });

  it('without the right to write rules is refused by name', async () => {
    const story = await begin({ roles: { opener: without(write) } });
    await life(story);
    expect(new Set(refused(story))).toEqual(new Set(['AuthorizationFailed']));
    expect(await story.refusals()).toContain('putDenied');
  });
});

describe('the role of the reader', () => {
  const { begin } = stories();

  it('writes nothing: what it tries is refused by name, and the row says so', async () => {
    const story = await begin({ identity: 'reader' });
    await life(story);
    expect(story.appWrites()).toEqual([]);
    expect(new Set(refused(story))).toEqual(new Set(['AuthorizationFailed']));
    expect(await story.refusals()).toContain('putDenied');
  });
});

describe('the role of the sweeper', () => {
  const { begin } = stories();

  it('closes what is due', async () => {
    const story = await begin();
    story.activate();
    await story.minutes(5);
    story.killHost();
    await story.startHost({ identity: 'sweeper', openingFaulty: true });
    await story.minutes(26);
    expect(story.reasons()).toEqual([]);
    const deletes = story.appWrites().filter(({ caller }) => caller.name === 'sweeper');
    expect(new Set(deletes.map(({ method }) => method))).toEqual(new Set(['DELETE']));
    expect(deletes.some(({ before }) => before !== null)).toBe(true);
    // It hears of the end as well, and may not ask PIM: a reason to close nothing, and to say so.
    story.expects({ alarms: ['intakeFault'], live: true });
  });

  it('closes what is due although the ledger is lost as well', async () => {
    const story = await begin();
    story.activate();
    await story.minutes(5);
    story.killHost();
    const ledger = createLedgerMemory();
    await story.startHost({ identity: 'sweeper', openingFaulty: true, ledger });
    await story.minutes(26);
    expect(story.reasons()).toEqual([]);
    story.expects({ alarms: ['intakeFault'], live: true });
  });

  it('can open nothing, even if it tries', async () => {
    const story = await begin({ identity: 'sweeper' });
    await life(story);
    expect(story.appWrites('all')).toEqual([]);
    story.expects({ alarms: ['intakeFault'], live: true });
  });
});

/** Two networks with one range behind one NSG, and in each a machine of the same address. */
function twins(): Estate {
  const vms = [
    { name: 'vm-a', nics: [{ nsg: null }] },
    { name: 'vm-b', nics: [{ nsg: null }] },
  ];
  const estate = estateOf({ vms });
  const [network] = estate.virtualNetworks;
  const [a, b] = estate.networkInterfaces;
  if (network === undefined || a === undefined || b === undefined) throw new Error('No estate.');
  const other = { ...network, id: `${network.id}-twin` };
  const ipConfigurations = a.ipConfigurations.map((one) => ({
    ...one,
    subnetId: one.subnetId.replace(network.id, other.id),
  }));
  return {
    ...estate,
    virtualNetworks: [network, other],
    networkInterfaces: [a, { ...b, ipConfigurations }],
  };
}

async function onlyWindow(story: Story) {
  return (await story.ledger().windows.list())[0]?.row;
}

async function life(story: Story): Promise<void> {
  // Not on the minute: the sweep would delete what the window deletes in the same moment.
  await story.seconds(20);
  story.activate({ minutes: 15 });
  await story.minutes(16);
}

/** Codes of the app's writes that were refused. */
function refused(story: Story): string[] {
  return story.appWrites('all').flatMap(({ status, code }) => (status < 400 ? [] : [code ?? '']));
}

function raised({ logs }: Story): string[] {
  return [...new Set(logs.filter(({ alarm }) => alarm).map(({ event }) => event ?? ''))];
}

function define({ azure }: Story, actions: string[]): void {
  azure.resourceManager.defineRole({ ...opener, Actions: actions, Id: customRoleGuids.opener });
}
