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
const storm = 2_000;
const ruleOrNsg = /\/networkSecurityGroups\/[^/?]+(?:\?|\/securityRules\/postern-)/i;

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

  it('of two thousand leaves a close the few requests that it needs', async () => {
    const story = await begin();
    await story.seconds(20);
    story.activate({ minutes: 15 });
    await story.minutes(11.5);
    expect(Object.keys(story.standing())).toEqual([onSubnet, onNic]);
    const asked = countRequests(story);
    story.expects({ live: true });
    for (let n = 0; n < storm; n++) publishForged(story, n);
    await story.seconds(50);
    story.killHost();
    // Half a minute later two deletes, and a look at each NSG: what it takes in calm as well.
    expect(asked.ofClose.filter((one) => one.startsWith('DELETE'))).toEqual([
      'DELETE 30',
      'DELETE 30',
    ]);
    expect(asked.ofClose.slice(asked.ofClose.indexOf('DELETE 30'))).toHaveLength(4);
    expect(story.reasons()).toEqual([]);
    // All hints were taken, and their turns come meanwhile.
    expect(story.logged('hint.received')).toHaveLength(storm + 1);
    expect(asked.others).toBeGreaterThan(storm / 10);
  });
});

type Requests = { ofClose: string[]; others: number };

/** What is asked of Resource Manager from now on: for a close with its second, and in all. */
function countRequests({ azure }: Story): Requests {
  const from = Date.now();
  const asked: Requests = { ofClose: [], others: 0 };
  azure.resourceManager.faults.add({
    when: ({ method, url }) => {
      const seconds = Math.round((Date.now() - from) / 1_000);
      if (ruleOrNsg.test(url)) asked.ofClose.push(`${method} ${seconds}`);
      else asked.others += 1;
      return false;
    },
  });
  return asked;
}

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
