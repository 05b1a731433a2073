import { ada, administratorLogin, appGroup, onNic, onSubnet, stories } from '../support/stories';

/** The bound for an early close without faults: a late PUT, a second DELETE. */
const boundSeconds = 210;
const both = [onSubnet, onNic];

describe('an early end', () => {
  const { begin } = stories();
  /** PIM lets nobody go before five minutes have passed, unless a story lifts that. */
  const atAnyTime = { pim: { minimumActiveMs: 0 } };

  it('before anything was opened leaves nothing behind', async () => {
    const story = await begin({ ...atAnyTime, eventGrid: { knobs: { delayMs: 4_000 } } });
    story.activate({ minutes: 30 });
    await story.seconds(3);
    story.deactivate();
    await story.minutes(5);
    expect(story.standing()).toEqual({});
    expect(story.reaches('vm-app-01')).toBe(false);
    await story.minutes(30);
  });

  it.each([4, 6, 7, 8, 10])(
    'asked for %d s after the activation closes within the bound, whatever was under way',
    async (seconds) => {
      const story = await begin(atAnyTime);
      story.activate({ minutes: 30 });
      await story.seconds(seconds);
      story.deactivate();
      await story.seconds(boundSeconds);
      expect(story.standing()).toEqual({});
      await story.minutes(30);
    },
  );

  it('while it stands open closes it within the bound', async () => {
    const story = await begin();
    story.activate({ minutes: 30 });
    await story.minutes(10);
    expect(Object.keys(story.standing())).toEqual(both);
    story.deactivate();
    await story.seconds(boundSeconds);
    expect(story.standing()).toEqual({});
    await story.minutes(25);
    expect(story.reasons()).toEqual([]);
  });

  it('while it is closing already changes nothing', async () => {
    const story = await begin();
    story.activate({ minutes: 30 });
    await story.seconds(27 * 60 + 2);
    story.deactivate();
    await story.minutes(5);
    expect(story.reasons()).toEqual([]);
    expect(story.logged('window.closed')).toHaveLength(1);
  });

  it('by an administrator counts like the person’s own', async () => {
    const story = await begin();
    story.activate({ minutes: 30 });
    await story.minutes(1);
    const [truth] = story.azure.pim.truth();
    story.azure.pim.removePlain(truth?.roleAssignmentId ?? '');
    await story.seconds(boundSeconds);
    expect(story.standing()).toEqual({});
    await story.minutes(30);
  });

  it('whose event is lost is found by reconcile: one period, and two questions 30 s apart', async () => {
    const story = await begin();
    story.activate({ minutes: 30 });
    await story.minutes(6);
    story.azure.eventGrid.knobs.lossChance = 1;
    story.deactivate();
    await story.seconds(60 + 30 + 10);
    expect(story.standing()).toEqual({});
    const [closing] = story.logged('window.closing');
    expect(closing).toMatchObject({ reason: 'activationGone' });
    await story.minutes(25);
    expect(story.reasons()).toEqual([]);
  });

  it('is believed although the list still shows the activation for 25 s', async () => {
    const story = await begin({ pim: { minimumActiveMs: 0, staleListMs: 25_000 } });
    story.activate({ minutes: 30 });
    await story.minutes(5);
    story.deactivate();
    await story.seconds(boundSeconds);
    expect(story.standing()).toEqual({});
    await story.minutes(30);
  });

  it('with a stale list opens nothing for an event that comes after it', async () => {
    const story = await begin({
      pim: { minimumActiveMs: 0, staleListMs: 25_000 },
      eventGrid: { knobs: { delayMs: 2_000, reorderMs: 8_000 } },
    });
    story.activate({ minutes: 30 });
    await story.seconds(4);
    story.deactivate();
    await story.seconds(boundSeconds);
    expect(story.standing()).toEqual({});
    await story.minutes(30);
  });

  it('told before the beginning, a delete before its write, opens nothing', async () => {
    const story = await begin({ ...atAnyTime, eventGrid: { knobs: { delayMs: 60_000 } } });
    story.activate({ minutes: 30 });
    await story.seconds(3);
    // From now on events overtake those that are already on their way.
    story.azure.eventGrid.knobs.delayMs = 0;
    story.deactivate();
    await story.minutes(35);
    expect(story.appWrites('all')).toEqual([]);
  });

  it('is followed by a window of its own when the role is activated again', async () => {
    const story = await begin({ pim: { roleAssignmentGuidReuse: true } });
    story.activate({ minutes: 30 });
    await story.minutes(6);
    story.deactivate();
    await story.minutes(4);
    expect(story.standing()).toEqual({});
    const again = story.activate({ minutes: 30 });
    await story.seconds(30);
    expect(again.roleAssignmentId).toBe(story.azure.pim.truth()[0]?.roleAssignmentId);
    expect(Object.keys(story.standing())).toEqual(both);
    await story.minutes(30);
    expect(story.reasons()).toEqual([]);
    expect(new Set(story.appWrites().map(({ path }) => path)).size).toBe(4);
  });

  it('and a new activation two seconds later, under the same name, are not confused', async () => {
    const story = await begin({ pim: { minimumActiveMs: 0, roleAssignmentGuidReuse: true } });
    story.activate({ minutes: 30 });
    await story.minutes(6);
    story.deactivate();
    await story.seconds(2);
    story.activate({ minutes: 30 });
    await story.minutes(4);
    expect(Object.keys(story.standing())).toEqual(both);
    expect(Object.values(story.standing()).flat()).toHaveLength(2);
    await story.minutes(28);
    expect(story.reasons()).toEqual([]);
  });

  it('that was forged closes nothing', async () => {
    const story = await begin();
    const { roleAssignmentId } = story.activate({ minutes: 30 });
    await story.minutes(1);
    story.azure.eventGrid.publish({
      id: 'f0000000-0000-4000-8000-000000000001',
      type: 'Microsoft.Resources.ResourceDeleteSuccess',
      topic: roleAssignmentId.split('/resourceGroups')[0] ?? '',
      subject: roleAssignmentId,
      time: new Date().toISOString(),
      data: {
        operationName: 'Microsoft.Authorization/roleAssignments/delete',
        resourceUri: roleAssignmentId,
        status: 'Succeeded',
      },
    });
    await story.minutes(20);
    expect(Object.keys(story.standing())).toEqual(both);
    await story.minutes(10);
    expect(story.reasons()).toEqual([]);
  });
});

describe('an activation whose end PIM makes earlier', () => {
  const { begin } = stories();

  it.each([
    ['fifteen minutes on', 15],
    ['seven minutes on', 7],
    ['so near that closing begins at once', 4.5],
  ])('closes by the new end, %s', async (_, inMinutes) => {
    const story = await begin();
    story.activate({ minutes: 60 });
    await story.minutes(6);
    expect(Object.keys(story.standing())).toEqual([onSubnet, onNic]);
    const endAt = new Date(Date.now() + inMinutes * 60_000).toISOString();
    story.azure.pim.adminUpdate({ person: ada, role: administratorLogin, scope: appGroup, endAt });
    await story.minutes(inMinutes + 1);
    const { lines } = story.verdict();
    expect(lines.map(({ deadline }) => deadline)).toEqual([endAt, endAt]);
    expect(story.reasons()).toEqual([]);
    expect(story.standing()).toEqual({});
    await story.minutes(50);
  });
});
