import type { ArmRequest, ArmResponse } from '../../local/azure/contract';
import { onNic, onSubnet, stories, type Story, subscription } from '../support/stories';

const rulePath = /\/securityRules\/postern-/i;
const isDelete = ({ method, url }: ArmRequest): boolean =>
  method === 'DELETE' && rulePath.test(url);
const refusal = (status: number, code: string, headers: Record<string, string> = {}) => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify({ error: { code, message: 'Refused by a test.' } }),
});
const throttled = (retryAfter?: string): ArmResponse =>
  refusal(
    429,
    'SubscriptionRequestsThrottled',
    retryAfter === undefined ? {} : { 'retry-after': retryAfter },
  );
const past = 'Sat, 21 Nov 2020 12:00:00 GMT';
const future = 'Sat, 21 Nov 2099 12:00:00 GMT';

describe('a close', () => {
  const { begin } = stories();

  it.each(['3600', '0', '-1', 'soon', past, future, undefined])(
    'under 429 with Retry-After %s for two minutes and a half is done before the end',
    async (retryAfter) => {
      const story = await begin();
      const struck = strike(story, isDelete, throttled(retryAfter), 150);
      await life(story);
      expect(story.reasons()).toEqual([]);
      expect(struck.count).toBeGreaterThan(10);
    },
  );

  it('goes on through ten minutes of 503 across the deadline, alarms, and says how late it was', async () => {
    const story = await begin();
    const struck = strike(story, () => struck.from > 0, refusal(503, 'ServerBusy'), 600, isDelete);
    await life(story, 16 + 8);
    expect(story.standing()).toEqual({});
    const overruns = story.verdict().lines.map(({ overrunS }) => overrunS);
    expect(Math.max(...overruns)).toBeGreaterThan(7 * 60 - 20);
    expect(Math.max(...overruns)).toBeLessThan(7 * 60 + 40);
    story.expects({ overrun: true, alarms: ['overrun'] });
  });

  it('is done in time although no token could be had for three minutes after a restart', async () => {
    const story = await begin();
    story.activate({ minutes: 15 });
    await story.minutes(11);
    story.killHost();
    const { login } = story.azure;
    const { issueToken } = login;
    login.issueToken = () => {
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    };
    await story.startHost();
    await story.minutes(3);
    login.issueToken = issueToken;
    await story.minutes(2);
    expect(story.reasons()).toEqual([]);
  });

  it('is asked for again while every token is refused with 401, with an alarm, and done when one is taken', async () => {
    const story = await begin();
    const struck = strike(
      story,
      () => struck.from > 0,
      refusal(401, 'ExpiredAuthenticationToken'),
      120,
      isDelete,
    );
    await life(story);
    expect(story.reasons()).toEqual([]);
    story.expects({ alarms: ['closeRefused'] });
  });
});

describe('a delete that is refused and allowed again before the deadline', () => {
  const { begin } = stories();
  const denied = refusal(403, 'AuthorizationFailed');
  const isWrite = ({ method, url }: ArmRequest): boolean => method !== 'GET' && rulePath.test(url);

  it.each<[string, (request: ArmRequest) => boolean, string[]]>([
    ['the delete alone', isDelete, ['closeRefused', 'disarmed']],
    ['every write', isWrite, ['closeRefused']],
  ])('(403 to %s) is done in time, and alarmed once', async (_, when, alarms) => {
    const story = await begin();
    // From the first delete, three minutes before the end, until one minute before it.
    const struck = strike(
      story,
      (request) => struck.from > 0 && when(request),
      denied,
      120,
      isDelete,
    );
    await life(story);
    expect(struck.count).toBeGreaterThan(1);
    requireOneAlarmEach(story);
    expect(story.reasons()).toEqual([]);
    story.expects({ alarms, disarm: alarms.includes('disarmed') });
  });

  it.each([
    ['CanNotDelete', ['closeRefused', 'disarmed']],
    ['ReadOnly', ['closeRefused']],
  ] as const)('(a %s lock) is done in time, and alarmed once', async (level, alarms) => {
    const story = await begin();
    const lock = { scope: subscription, name: 'keep', level };
    await story.seconds(20);
    story.activate({ minutes: 15 });
    await story.minutes(10);
    story.azure.resourceManager.estate.addLock(lock);
    await story.minutes(4);
    expect(Object.keys(story.standing())).toEqual([onSubnet, onNic]);
    story.azure.resourceManager.estate.removeLock(lock.scope, lock.name);
    await story.minutes(2);
    requireOneAlarmEach(story);
    expect(story.reasons()).toEqual([]);
    story.expects({ alarms, disarm: alarms.length > 1 });
  });
});

/** Of each rule, by the window and by the sweep, one line each at most. */
function requireOneAlarmEach(story: Story): void {
  const told = story
    .logged('closeRefused')
    .map(({ nsgId, rule, windowId }) =>
      [nsgId, rule, windowId === undefined ? 'sweep' : 'window'].join(' '),
    );
  expect(told.filter((one) => one.endsWith('window'))).toHaveLength(2);
  expect(new Set(told).size).toBe(told.length);
}

describe('an opening', () => {
  const { begin } = stories();

  it('waits out a Retry-After of ten minutes in a timer, and opens', async () => {
    const story = await begin();
    const isPut = ({ method, url }: ArmRequest) => method === 'PUT' && rulePath.test(url);
    const struck = strike(story, isPut, throttled('600'), 30);
    story.activate({ minutes: 30 });
    await story.minutes(5);
    expect(struck.count).toBe(2);
    await story.minutes(7);
    expect(Object.keys(story.standing())).toEqual([onSubnet, onNic]);
    await story.minutes(19);
    expect(story.reasons()).toEqual([]);
  });

  it('is not refused for minutes of 429 on everything it reads', async () => {
    const story = await begin();
    const isPlan = ({ method, url }: ArmRequest): boolean =>
      method === 'GET' && /Microsoft\.(?:Network|Compute)\//i.test(url);
    strike(story, isPlan, throttled('20'), 180);
    story.activate({ minutes: 30 });
    await story.minutes(5);
    expect(Object.keys(story.standing())).toEqual([onSubnet, onNic]);
    await story.minutes(26);
    expect(story.reasons()).toEqual([]);
  });
});

describe('when host and Resource Manager are five minutes apart', () => {
  const { begin } = stories();

  it.each([300_000, -300_000])('(%d ms) nothing opens, with an alarm', async (aheadMs) => {
    const story = await begin({ dateAheadMs: () => aheadMs });
    await life(story);
    expect(story.appWrites('all')).toEqual([]);
    story.expects({ alarms: ['skew'], live: true });
  });

  it.each([300_000, -300_000])('(%d ms) what stands open closes early', async (aheadMs) => {
    let isOff = false;
    const story = await begin({ dateAheadMs: () => (isOff ? aheadMs : 0) });
    story.activate({ minutes: 60 });
    await story.minutes(5);
    expect(Object.keys(story.standing())).toEqual([onSubnet, onNic]);
    isOff = true;
    await story.minutes(13);
    expect(story.standing()).toEqual({});
    story.expects({ alarms: ['skew'], live: true });
    await story.minutes(48);
  });
});

/**
 * From the first request that `begins` on, and for `seconds`, whatever `when` holds is answered so.
 * Without `begins`, from the first that `when` holds.
 */
function strike(
  { azure }: Story,
  when: (request: ArmRequest) => boolean,
  answer: ArmResponse,
  seconds: number,
  begins: (request: ArmRequest) => boolean = when,
): { from: number; count: number } {
  const struck = { from: 0, count: 0 };
  azure.resourceManager.faults.add({
    when: (request) => {
      if (struck.from === 0 && begins(request)) struck.from = Date.now();
      if (struck.from === 0 || Date.now() - struck.from > seconds * 1_000) return false;
      if (!when(request)) return false;
      struck.count += 1;
      return true;
    },
    answer,
  });
  return struck;
}

async function life(story: Story, minutes = 16): Promise<void> {
  // Not on the minute: the sweep would delete what the window deletes in the same moment.
  await story.seconds(20);
  story.activate({ minutes: 15 });
  await story.minutes(minutes);
}
