import { onNic, onSubnet, stories } from '../support/stories';
import { lastWindow, wisher } from '../support/wishes';

/** The bound for an early close without faults: a late PUT, a second DELETE. */
const boundSeconds = 210;
/** A wish whose helper was never started is found when its look is overdue, by the next reconcile. */
const reconcileSeconds = 60 + 60;

describe('a window that is asked to close', () => {
  const { begin } = stories();

  it.each([3, 4, 5, 6, 8, 10, 20, 70, 3 * 60, 100 * 60])(
    '%d s after the activation is shut within the bound',
    async (seconds) => {
      const who = wisher();
      const story = await begin({ wrapWorld: who.wrapWorld });
      story.activate({ minutes: 150 });
      await story.seconds(seconds);
      expect((await who.close(story)).kind).toBe('accepted');
      await story.seconds(boundSeconds);
      expect(story.standing()).toEqual({});
      expect(story.reaches('vm-app-01')).toBe(false);
      expect((await lastWindow(story)).closeReason).toBe('asked');
      // PIM's own end comes later, and changes nothing.
      await story.minutes(150);
      expect(story.logged('window.closed')).toHaveLength(1);
    },
  );

  it('twice, and by deactivation as well, is shut once', async () => {
    const who = wisher();
    const story = await begin({ wrapWorld: who.wrapWorld });
    story.activate({ minutes: 30 });
    await story.minutes(6);
    await Promise.all([who.close(story), who.close(story)]);
    story.deactivate();
    await story.seconds(boundSeconds);
    await who.close(story);
    expect(story.standing()).toEqual({});
    await story.minutes(30);
    expect(story.logged('window.closed')).toHaveLength(1);
    expect(story.logged('rule.deleteAccepted')).toHaveLength(2);
  });

  it('whose start is lost is shut one reconcile period later', async () => {
    const who = wisher();
    const story = await begin({ wrapWorld: who.wrapWorld });
    story.activate({ minutes: 30 });
    await story.seconds(70);
    expect(Object.keys(story.standing())).toEqual([onSubnet, onNic]);
    await who.close(story, 'lost');
    await story.seconds(boundSeconds + reconcileSeconds);
    expect(story.standing()).toEqual({});
    await story.minutes(30);
  });

  it.each([0, 1, 2, 3, 4])(
    'and whose host dies %d s after is shut all the same',
    async (seconds) => {
      const who = wisher();
      const story = await begin({ wrapWorld: who.wrapWorld });
      story.activate({ minutes: 30 });
      await story.seconds(70);
      await who.close(story);
      await story.seconds(seconds);
      story.killHost();
      await story.seconds(3);
      await story.startHost();
      await story.seconds(boundSeconds + reconcileSeconds);
      expect(story.standing()).toEqual({});
      await story.minutes(30);
    },
  );
});
