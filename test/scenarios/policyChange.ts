import { onNic, onSubnet, stories, type Story, workPolicy } from '../support/stories';

const both = [onSubnet, onNic];
/** One period, a delete, and the start of a host. */
const closedWithinSeconds = 75;
const somebodyElse = "    persons: ['99999999-9999-4999-8999-999999999999']";
const forNobody = workPolicy.replace(
  '    ports: [rdp, ssh]',
  `${somebodyElse}\n    ports: [rdp, ssh]`,
);

async function openedUnder(story: Story, policy: string): Promise<void> {
  story.activate({ minutes: 60 });
  await story.minutes(3);
  expect(Object.keys(story.standing())).toEqual(both);
  story.killHost();
  await story.startHost({ policy });
}

describe('another policy', () => {
  const { begin } = stories();

  it.each([
    ['the person', forNobody],
    [
      'the role',
      workPolicy.replace('Virtual Machine Administrator Login', 'Virtual Machine User Login'),
    ],
    ['the port', workPolicy.replace('[rdp, ssh]', '[ssh]')],
    ['the source', workPolicy.replace('203.0.113.0/24', '192.0.2.0/24')],
    [
      'the scope',
      workPolicy.replace(/scopes: .*\]/, (scopes) => scopes.replace(']', '/resourceGroups/other]')),
    ],
    ['the tag', `${workPolicy}optIn: { name: postern, value: never }\n`],
    ['so long a time', workPolicy.replace('longest: 3h', 'longest: 5m')],
  ])('that does not grant %s any more closes what stands', async (_name, policy) => {
    const story = await begin();
    await openedUnder(story, policy);
    await story.seconds(closedWithinSeconds);
    expect(story.standing()).toEqual({});
    const [closing] = story.logged('window.closing');
    expect(closing).toMatchObject({ reason: 'policyChanged' });
    await story.minutes(60);
    expect(story.logged('window.granted')).toHaveLength(1);
  });

  it('that grants the same leaves it, and is noted in the row', async () => {
    const story = await begin();
    await openedUnder(story, workPolicy.replace('name: operators', 'name: admins'));
    await story.minutes(5);
    expect(Object.keys(story.standing())).toEqual(both);
    expect(story.logged('window.policyNoted')).toHaveLength(1);
    const [window] = await story.ledger().windows.list();
    expect(window?.row.grant.policyRule).toBe('admins');
    await story.minutes(55);
    expect(story.reasons()).toEqual([]);
  });

  it('that allows less time closes when that time is over', async () => {
    const story = await begin();
    await openedUnder(story, workPolicy.replace('longest: 3h', 'longest: 30m'));
    await story.minutes(20);
    expect(Object.keys(story.standing())).toEqual(both);
    await story.minutes(7);
    expect(story.standing()).toEqual({});
    await story.minutes(35);
  });

  it('that is faulty changes nothing', async () => {
    const story = await begin();
    story.activate({ minutes: 30 });
    await story.minutes(3);
    story.killHost();
    await story.startHost({ openingFaulty: true });
    await story.minutes(20);
    expect(Object.keys(story.standing())).toEqual(both);
    await story.minutes(10);
    expect(story.reasons()).toEqual([]);
  });
});
