import {
  ada,
  appGroup,
  ben,
  onNic,
  onSubnet,
  stories,
  type Story,
  subscription,
} from '../support/stories';

const forged = 150;

describe('a flood of forged hints', () => {
  const { begin } = stories();

  it('delays no close, and what is true in it opens in its turn', async () => {
    const story = await begin();
    story.activate({ person: ada, minutes: 15 });
    await story.minutes(11.5);
    expect(Object.keys(story.standing())).toEqual([onSubnet, onNic]);
    // Half a minute before the close begins, and faster than anybody could ask about them.
    for (let n = 0; n < forged / 2; n++) publishForged(story, n);
    const from = Date.now();
    story.activate({ person: ben, minutes: 30 });
    for (let n = forged / 2; n < forged; n++) publishForged(story, n);
    await story.minutes(3.5);
    const [first] = story.verdict().lines.filter(({ goneAt }) => goneAt !== null);
    expect(first?.overrunS).toBe(0);
    const [open] = story.logged('window.open').slice(-1);
    const waitedMs = Date.parse(String(open?.['time'])) - from;
    expect(waitedMs).toBeLessThan((forged / 2) * 100 + 40_000);
    await story.minutes(32);
    expect(story.reasons()).toEqual([]);
    expect(story.logged('intake.stopped').length).toBeGreaterThanOrEqual(forged);
  });
});

/** Nobody ever made this assignment, and Event Grid cannot know. */
function publishForged({ azure }: Story, n: number): void {
  const name = `f0000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  const id = `${appGroup}/providers/Microsoft.Authorization/roleAssignments/${name}`;
  azure.eventGrid.publish({
    id: `e0000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    type: 'Microsoft.Resources.ResourceWriteSuccess',
    topic: subscription,
    subject: id,
    time: new Date().toISOString(),
    data: {
      operationName: 'Microsoft.Authorization/roleAssignments/write',
      resourceUri: id,
      status: 'Succeeded',
    },
  });
}
