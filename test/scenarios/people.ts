import { estateOf, vmId } from '../../local/estate';
import { ada, appGroup, ben, stories, workPolicy } from '../support/stories';

const vpnOnly = workPolicy.replace(/ {6}fromActivation.*\n/, '');
const adaFrom = '203.0.113.10';
const benFrom = '203.0.113.20';

describe('two people on one VM', () => {
  const { begin } = stories();

  it('have a window each: the end of one does not touch the other', async () => {
    const story = await begin();
    story.activate({ person: ada, minutes: 15 });
    await story.minutes(1);
    story.activate({ person: ben, minutes: 30 });
    await story.minutes(2);
    expect([story.reaches('vm-app-01', adaFrom), story.reaches('vm-app-01', benFrom)]).toEqual([
      true,
      true,
    ]);
    await story.minutes(13);
    expect([story.reaches('vm-app-01', adaFrom), story.reaches('vm-app-01', benFrom)]).toEqual([
      false,
      true,
    ]);
    await story.minutes(16);
    expect(story.reasons()).toEqual([]);
  });

  it('who activate in the same second get both in', async () => {
    const story = await begin();
    story.activate({ person: ada });
    story.activate({ person: ben });
    await story.minutes(1);
    expect(story.reaches('vm-app-01', adaFrom)).toBe(true);
    expect(story.reaches('vm-app-01', benFrom)).toBe(true);
    await story.minutes(30);
    expect(story.reasons()).toEqual([]);
  });

  it('from one address stay in until the later end', async () => {
    const story = await begin({ policy: vpnOnly });
    story.activate({ person: ada, minutes: 15 });
    story.activate({ person: ben, minutes: 30 });
    await story.minutes(14);
    expect(story.reaches('vm-app-01', '198.51.100.7')).toBe(true);
    await story.minutes(10);
    expect(story.reaches('vm-app-01', '198.51.100.7')).toBe(true);
    await story.minutes(7);
    expect(story.reaches('vm-app-01', '198.51.100.7')).toBe(false);
    expect(story.reasons()).toEqual([]);
  });

  it('end apart when one of them gives the role back', async () => {
    const story = await begin();
    story.activate({ person: ada });
    story.activate({ person: ben });
    await story.minutes(6);
    story.deactivate({ person: ada });
    await story.minutes(4);
    expect([story.reaches('vm-app-01', adaFrom), story.reaches('vm-app-01', benFrom)]).toEqual([
      false,
      true,
    ]);
    await story.minutes(21);
    expect(story.reasons()).toEqual([]);
  });
});

describe('the same person', () => {
  const { begin } = stories();

  it('on two scopes at once has two windows, each with its own end', async () => {
    const story = await begin({ estate: estateOf({ vms: [{ name: 'vm-a' }, { name: 'vm-b' }] }) });
    story.activate({ scope: vmId('vm-a'), minutes: 15 });
    story.activate({ scope: vmId('vm-b'), minutes: 30 });
    await story.minutes(13);
    expect([story.reaches('vm-a'), story.reaches('vm-b')]).toEqual([false, true]);
    await story.minutes(18);
    expect(story.reasons()).toEqual([]);
  });

  it('on a VM and on its group keeps the VM open until the later end', async () => {
    const story = await begin();
    story.activate({ scope: vmId('vm-app-01'), minutes: 15 });
    story.activate({ scope: appGroup, minutes: 30 });
    await story.minutes(14);
    expect(story.reaches('vm-app-01')).toBe(true);
    await story.minutes(17);
    expect(story.reasons()).toEqual([]);
  });

  it('has no fourth window while three stand, and is told so', async () => {
    const names = ['vm-1', 'vm-2', 'vm-3', 'vm-4'];
    const story = await begin({ estate: estateOf({ vms: names.map((name) => ({ name })) }) });
    for (const name of names) {
      story.activate({ scope: vmId(name) });
      await story.seconds(20);
    }
    expect(names.map((name) => story.reaches(name))).toEqual([true, true, true, false]);
    expect(await story.refusals()).toEqual(['windowsPerPerson']);
    await story.minutes(30);
  });
});
