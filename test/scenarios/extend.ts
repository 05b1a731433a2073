import { onNic, onSubnet, stories, type Story, workPolicy } from '../support/stories';
import { lastWindow, type Wisher, wisher } from '../support/wishes';

const both = [onSubnet, onNic];
/** Twenty minutes at first; then the owner of the policy allows three hours, and extends are asked. */
const shortPolicy = workPolicy.replace('longest: 3h', 'longest: 20m');
const minute = 60_000;

describe('a window that is extended', () => {
  const { begin } = stories();

  async function opened(): Promise<{ story: Story; who: Wisher; first: number; later: number }> {
    const who = wisher();
    const story = await begin({ wrapWorld: who.wrapWorld, policy: shortPolicy });
    story.activate({ minutes: 60 });
    await story.seconds(30);
    story.killHost();
    await story.startHost({ policy: workPolicy });
    await story.minutes(5);
    const first = (await lastWindow(story)).until ?? 0;
    return { story, who, first, later: first + 20 * minute };
  }

  const until = async (story: Story, at: number): Promise<void> => {
    await story.time.pass(at - story.time.now());
  };

  /** When the last rule of ours was gone, by the write log. */
  const goneAt = (story: Story): number =>
    Math.max(
      ...story
        .appWrites()
        .filter(({ after }) => after === null)
        .map(({ effectiveAt }) => Date.parse(effectiveAt ?? '')),
    );

  const deletes = (story: Story): number =>
    story.appWrites().filter(({ method }) => method === 'DELETE').length;

  it('stays open without a gap, and is shut by its new end', async () => {
    const { story, who, first, later } = await opened();
    expect((await who.extend(story, later)).kind).toBe('accepted');
    await until(story, first + minute);
    expect(Object.keys(story.standing())).toEqual(both);
    expect(story.reaches('vm-app-01')).toBe(true);
    expect(deletes(story)).toBe(0);
    await until(story, later);
    expect(story.standing()).toEqual({});
    expect(goneAt(story)).toBeGreaterThan(first);
  });

  it.each([-4, -3, -2, -1, 0, 1])(
    'asked for %d s around the last PUT is shut by the end that was proved',
    async (seconds) => {
      const { story, who, first, later } = await opened();
      await until(story, first - 5 * minute + seconds * 1_000);
      await who.extend(story, later);
      await until(story, first - 60_000);
      const proved = (await lastWindow(story)).until ?? 0;
      expect([first, later]).toContain(proved);
      await until(story, later);
      expect(story.standing()).toEqual({});
      expect(goneAt(story)).toBeLessThan(proved);
      expect(deletes(story)).toBe(2);
    },
  );

  it.each([-2, -1, 0, 1, 2])(
    'asked for %d s around a sweep is left open, and shut by its new end',
    async (seconds) => {
      const { story, who, first, later } = await opened();
      const sweepAt = Math.ceil(story.time.now() / minute) * minute + minute;
      await until(story, sweepAt + seconds * 1_000);
      expect((await who.extend(story, later)).kind).toBe('accepted');
      await until(story, first + minute);
      expect((await lastWindow(story)).wish).toBe('open');
      expect(Object.keys(story.standing())).toEqual(both);
      expect(deletes(story)).toBe(0);
      await until(story, later);
      expect(story.standing()).toEqual({});
    },
  );

  it.each([-2, -1, 0, 1])('asked for %d s around the guard is refused', async (seconds) => {
    const { story, who, first, later } = await opened();
    await until(story, first - 3 * minute + seconds * 1_000);
    expect((await who.extend(story, later)).kind).toBe('refused');
    await until(story, first);
    expect(story.standing()).toEqual({});
  });

  it('and closed in the same moment is shut within the bound', async () => {
    const { story, who, later } = await opened();
    await Promise.all([who.extend(story, later), who.close(story)]);
    await story.seconds(210);
    expect(story.standing()).toEqual({});
    await story.minutes(60);
  });

  it('and deactivated in the same moment is shut within the bound', async () => {
    const { story, who, later } = await opened();
    await who.extend(story, later);
    story.deactivate();
    await story.seconds(210);
    expect(story.standing()).toEqual({});
    await story.minutes(60);
  });

  it.each([0, 1, 2, 3, 4, 5, 6])('whose host dies %d s after is shut in time', async (seconds) => {
    const { story, who, first, later } = await opened();
    await who.extend(story, later);
    await story.seconds(seconds);
    story.killHost();
    await story.seconds(3);
    await story.startHost();
    await until(story, first - 60_000);
    const proved = (await lastWindow(story)).until ?? 0;
    expect([first, later]).toContain(proved);
    await until(story, later);
    expect(goneAt(story)).toBeLessThan(proved);
    expect(story.standing()).toEqual({});
  });

  it('whose host stays dead until the new end is near is shut by it', async () => {
    const { story, who, later } = await opened();
    await who.extend(story, later);
    await story.minutes(1);
    story.killHost();
    await until(story, later - 4 * minute);
    expect(Object.keys(story.standing())).toEqual(both);
    await story.startHost();
    await until(story, later);
    expect(story.standing()).toEqual({});
  });

  it('again and again gets what was asked last, with few PUTs', async () => {
    const { story, who, first, later } = await opened();
    for (let more = 0; more < 10; more++) await who.extend(story, later + more * minute);
    // PIM is asked at each wish: the first PUT leaves meanwhile, and has to settle before the last.
    await story.minutes(3);
    expect((await lastWindow(story)).until).toBe(later + 9 * minute);
    const puts = story.appWrites().filter(({ method }) => method === 'PUT');
    expect(puts.length).toBeLessThanOrEqual(6);
    await until(story, first);
    expect(Object.keys(story.standing())).toEqual(both);
    await story.minutes(60);
  });
});
