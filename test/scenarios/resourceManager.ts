import type { ArmRequest } from '../../local/azure/contract';
import { nsgId } from '../../local/estate';
import { ada, ben, onNic, onSubnet, stories, type Story } from '../support/stories';

const rulePath = /\/securityRules\/postern-/i;
const isPut = ({ method, url }: ArmRequest): boolean => method === 'PUT' && rulePath.test(url);
const isDelete = ({ method, url }: ArmRequest): boolean =>
  method === 'DELETE' && rulePath.test(url);

const writes: [string, typeof isPut][] = [
  ['PUT', isPut],
  ['DELETE', isDelete],
];
/** The fault of a story; that it struck is part of the story. */
const name = 'the fault';

describe('a window opens and closes in time although Resource Manager', () => {
  const { begin } = stories();

  it.each([1, 2, 3])('throttles a third of all calls (seed %d)', async (seed) => {
    const story = await begin({ seed });
    story.azure.resourceManager.faults.use('arm-429');
    expect(await life(story, 'arm-429')).toEqual([]);
  });

  it('is down for 30 s from the first DELETE on', async () => {
    const story = await begin();
    story.azure.resourceManager.faults.use('arm-down-30s');
    expect(await life(story, 'arm-down-30s')).toEqual([]);
  });

  it('is down for two and a half minutes from the first DELETE on', async () => {
    const story = await begin();
    let untilMs = Number.NaN;
    story.azure.resourceManager.faults.add({
      name,
      when: (request) => {
        if (Number.isNaN(untilMs) && isDelete(request)) untilMs = Date.now() + 150_000;
        return Date.now() < untilMs;
      },
      answer: { status: 503, headers: {}, body: '' },
    });
    expect(await life(story, name)).toEqual([]);
  });

  it('finds out about a clash of priorities only after it has accepted the rule', async () => {
    const story = await begin({ resourceManager: { conflicts: 'asynchronous' } });
    takePriorityBeforePut(story);
    expect(await life(story)).toEqual([]);
  });

  it('refuses the rule because its priority was taken since the plan', async () => {
    const story = await begin();
    takePriorityBeforePut(story);
    expect(await life(story)).toEqual([]);
  });

  it.each(writes)('loses its answer to a %s', async (_write, when) => {
    const story = await begin();
    story.azure.resourceManager.faults.add({ name, when, times: 3, drop: 'afterEffect' });
    expect(await life(story, name)).toEqual([]);
  });

  it.each(writes)('loses a %s', async (_write, when) => {
    const story = await begin();
    story.azure.resourceManager.faults.add({ name, when, times: 3, drop: 'beforeEffect' });
    expect(await life(story, name)).toEqual([]);
  });

  it.each(writes)('gives no answer to a %s for twenty seconds', async (_write, when) => {
    const story = await begin();
    story.azure.resourceManager.faults.add({ name, when, times: 3, delayAnswerMs: 20_000 });
    expect(await life(story, name)).toEqual([]);
  });

  it.each(writes)('cancels a %s that it had accepted', async (_write, when) => {
    const story = await begin();
    const details = [
      { code: 'CanceledAndSupersededDueToAnotherOperation', message: 'Another one came.' },
    ];
    story.azure.resourceManager.faults.add({
      name,
      when,
      times: 2,
      operation: {
        status: 'Canceled',
        error: { code: 'Canceled', message: 'Operation was canceled.', details },
      },
    });
    expect(await life(story, name)).toEqual([]);
  });

  it.each([500, 502, 504])('answers %d to a write that it carries out', async (status) => {
    const story = await begin();
    story.azure.resourceManager.faults.add({
      name,
      when: (request) => isPut(request) || isDelete(request),
      times: 4,
      answer: { status, headers: {}, body: '<html>oops</html>' },
      lateMs: 1_000,
    });
    expect(await life(story, name)).toEqual([]);
  });

  it('lets rules of two windows overtake one another on one NSG', async () => {
    const story = await begin({ resourceManager: { whenBusy: 'supersede' } });
    story.activate({ person: ben, minutes: 15 });
    expect(await life(story)).toEqual([]);
  });

  it.each(['retryable', 'conflict'] as const)(
    'is busy with foreign writes to the same NSG again and again (%s)',
    async (whenBusy) => {
      const story = await begin({ resourceManager: { whenBusy } });
      const foreign = foreignWrites(story);
      expect(await life(story)).toEqual([]);
      foreign.stop();
      expect(foreign.accepted()).toBeGreaterThan(150);
    },
  );

  it('takes minutes for each of its operations', async () => {
    const story = await begin({
      resourceManager: { latency: { rulePut: 70_000, ruleDelete: 50_000 } },
    });
    expect(await life(story)).toEqual([]);
  });

  it('lets nobody poll its operations', async () => {
    const story = await begin({ resourceManager: { polls: 'forbidden' } });
    expect(await life(story)).toEqual([]);
  });

  it('shows the Resource Graph everything two minutes late', async () => {
    const story = await begin({ resourceManager: { resourceGraphLagMs: 120_000 } });
    expect(await life(story)).toEqual([]);
  });

  /** A whole life; what the local Azure holds against it, and whether the fault struck at all. */
  async function life(story: Story, fault?: string): Promise<string[]> {
    story.activate({ person: ada, minutes: 15 });
    await story.minutes(16);
    const { struck } = story.azure.resourceManager.faults;
    const isMissing = fault !== undefined && !struck.has(fault);
    return [...story.reasons(), ...(isMissing ? ['The fault never struck.'] : [])];
  }
});

describe('a PUT that lands late', () => {
  const { begin } = stories();

  it('after the window was given up early is deleted again', async () => {
    const story = await begin({ pim: { minimumActiveMs: 0 } });
    story.azure.resourceManager.faults.add({
      when: (request) => isPut(request) && request.url.includes(onNic),
      times: 1,
      drop: 'beforeEffect',
      lateMs: 85_000,
    });
    story.activate();
    await story.seconds(8);
    story.deactivate();
    await story.seconds(200);
    expect(story.standing()).toEqual({});
    const paths = story.appWrites().filter(({ method }) => method === 'PUT');
    expect(paths).toHaveLength(2);
    await story.minutes(28);
  });

  it('even after settle is found and deleted by the sweep, with an alarm', async () => {
    const story = await begin({ pim: { minimumActiveMs: 0 } });
    story.azure.resourceManager.faults.add({
      when: isPut,
      times: 2,
      drop: 'beforeEffect',
      lateMs: 300_000,
    });
    story.activate();
    await story.seconds(6);
    story.deactivate();
    await story.seconds(400);
    expect(story.standing()).toEqual({});
    story.expects({ alarms: ['ruleAfterClose'] });
    await story.minutes(28);
  });
});

/** Somebody takes the first free priority of the band just before the first rule is put. */
function takePriorityBeforePut({ azure }: Story): void {
  let taken = false;
  azure.resourceManager.faults.add({
    when: (request) => {
      if (taken || !isPut(request)) return false;
      taken = true;
      for (const id of [nsgId(onNic), nsgId(onSubnet, 'rg-net')]) {
        azure.resourceManager.outOfBand.putRule(id, {
          name: 'somebody-was-faster',
          properties: {
            protocol: 'Tcp',
            sourcePortRange: '*',
            destinationPortRange: '9090',
            sourceAddressPrefix: '10.30.0.0/16',
            destinationAddressPrefix: '*',
            access: 'Allow',
            priority: 200,
            direction: 'Inbound',
          },
        });
      }
      return false;
    },
  });
}

/** Every four seconds somebody asks for an operation on the NSG of the subnet. */
function foreignWrites(story: Story): { stop(): void; accepted(): number } {
  const id = nsgId(onSubnet, 'rg-net');
  let round = 0;
  let accepted = 0;
  const timer = setInterval(() => {
    round += 1;
    const properties = {
      protocol: 'Udp',
      sourcePortRange: '*',
      destinationPortRange: String(7_000 + round),
      sourceAddressPrefix: '10.40.0.0/16',
      destinationAddressPrefix: '*',
      access: 'Allow',
      priority: 2_000 + (round % 3),
      direction: 'Inbound',
    };
    const path = `${id}/securityRules/foreign-${round % 3}`;
    void story.administrator('PUT', path, { properties }).then((status) => {
      if (status < 300) accepted += 1;
    });
  }, 4_000);
  return { stop: () => clearInterval(timer), accepted: () => accepted };
}
