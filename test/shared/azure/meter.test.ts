import type { Mark } from '../../../shared/azure/buckets';
import { createMeter } from '../../../shared/azure/meter';
import { createLog } from '../../../shared/log';
import { nsgId, stubArm } from './stubArm';

const at = (text: string) => Date.parse(text);
const noon = at('2026-11-21T12:00:00.000Z');
const date = 'Sat, 21 Nov 2026 12:00:00 GMT';

const noMark: Mark = { owner: '', sentBefore: new Map() };

function metered() {
  const lines: string[] = [];
  return { lines, meter: createMeter(createLog((line) => lines.push(line))) };
}

describe('the skew of the clocks', () => {
  it.each([
    ['clocks that agree, to the second', noon + 400, noon + 450, 0],
    ['an answer that was under way while the second changed', noon - 100, noon + 50, 0],
    ['a host that is slow', noon - 90_050, noon - 90_000, 90_000],
    ['a host that is fast', noon + 91_000, noon + 91_050, -90_001],
    ['a slow answer that could explain it', noon - 1_000, noon + 3_500, 0],
  ])('%s', (_what, sentAt, receivedAt, skewMs) => {
    const { meter } = metered();
    meter.answered({ date }, sentAt, receivedAt, noMark);
    expect(meter.skew()).toEqual({ skewMs, measuredAt: receivedAt });
  });

  it('is not measured by answers that took too long, or that say no time', () => {
    const { meter } = metered();
    expect(meter.skew()).toEqual({ skewMs: 0, measuredAt: null });
    meter.answered({ date }, noon - 100_000, noon - 94_000, noMark);
    meter.answered({}, noon, noon, noMark);
    for (const nonsense of ['', 'soon', '2026', 'Sat, nonsense of a date', '-1', '0']) {
      meter.answered({ date: nonsense }, noon, noon, noMark);
    }
    expect(meter.skew()).toEqual({ skewMs: 0, measuredAt: null });
  });

  it('is measured by every answer of every client, refusals included', async () => {
    const hourAhead = new Date(Date.now() + 3_600_000).toUTCString();
    const stub = stubArm(() => ({ status: 403, headers: { date: hourAhead }, body: '' }));
    const { clock, network, inventory } = stub.world;
    await expect(network.readNsg(nsgId)).rejects.toThrow(/denied/);
    expect(clock.skew().skewMs).toBeGreaterThan(3_500_000);
    const other = stubArm(() => ({ status: 503, headers: { date: hourAhead }, body: '' }));
    await expect(other.world.inventory.listOurRules()).rejects.toThrow(/unavailable/);
    expect(other.world.clock.skew().skewMs).toBeGreaterThan(3_500_000);
    expect(inventory).toBeDefined();
  });
});

describe('the budget of requests', () => {
  const one = '11111111-1111-4111-8111-111111111111';
  const other = '22222222-2222-4222-8222-222222222222';
  const path = (id: string) => `/subscriptions/${id}/resourceGroups/rg/providers/x/y/z`;
  const left = (kind: string, remaining: number | string) => ({
    [`x-ms-ratelimit-remaining-${kind}`]: String(remaining),
  });
  const told = (kind: string, remaining: number | string, method = 'GET') => {
    const known = metered();
    const { buckets } = known.meter;
    known.meter.answered(left(kind, remaining), noon, noon, buckets.sent(method, path(one)));
    return { ...known, buckets };
  };

  it.each([
    ['subscription-reads', 50, 0],
    ['subscription-reads', 25, 1_000],
    ['subscription-reads', 0, 2_000],
    ['subscription-writes', 0, 5_000],
    ['subscription-deletes', 49, 100],
    ['subscription-global-writes', 0, 334],
    ['tenant-reads', 0, 2_000],
    // Nobody knows how much these hold at all: less than the reserve may be all they ever have.
    ['subscription-resource-requests', 0, 0],
    ['subscription-reads', '', 0],
    ['subscription-reads', '-1', 0],
    ['subscription-reads', 'many', 0],
    ['subscription-reads', '4.5', 0],
    ['resource', 'Microsoft.Compute/HighCostGet;0', 0],
  ])('%s with %s left keeps opens back for %d ms, until it has filled up', (kind, n, ms) => {
    const { buckets } = told(kind, n, 'OPTIONS');
    expect(buckets.pauseMs(one, noon)).toBe(ms);
    expect(buckets.pauseMs(one.toUpperCase(), noon + 40)).toBe(Math.max(0, ms - 40));
    expect(buckets.pauseMs(one, noon + ms)).toBe(0);
    expect(buckets.pauseMs(one, noon - 3_600_000)).toBe(ms);
  });

  it('is each subscription’s own; the tenant’s is everybody’s', () => {
    const { buckets } = told('subscription-reads', 0);
    expect(buckets.pauseMs(other, noon)).toBe(0);
    expect(buckets.pauseMs('', noon)).toBe(0);
    const common = told('tenant-reads', 0).buckets;
    expect(common.pauseMs(other, noon)).toBe(2_000);
    expect(common.pauseMs('', noon)).toBe(2_000);
  });

  it('counts what was sent since the last figure', () => {
    const { meter, buckets } = told('subscription-writes', 60);
    const marks = Array.from({ length: 15 }, () => buckets.sent('PUT', path(one)));
    expect(buckets.pauseMs(one, noon)).toBe(500);
    // The answer to the tenth of them: five more are on their way.
    const mark = marks[9] ?? buckets.sent('PUT', path(one));
    meter.answered(left('subscription-writes', 52), noon, noon + 1, mark);
    expect(buckets.pauseMs(one, noon + 1)).toBe(300);
  });

  it('is an alarm when less than the reserve is left, once a minute at most', () => {
    const { meter, lines } = metered();
    const say = (kind: string, remaining: number, atMs: number) => {
      const mark = meter.buckets.sent('DELETE', path(one));
      meter.answered(left(kind, remaining), noon + atMs, noon + atMs, mark);
    };
    say('subscription-deletes', 50, 0);
    expect(lines).toEqual([]);
    say('subscription-deletes', 49, 0);
    say('subscription-reads', 1, 1);
    say('subscription-deletes', 48, 59_999);
    say('subscription-deletes', 47, 60_000);
    const bucket = 'subscription-deletes';
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { event: 'budgetExhausted', alarm: true, subscriptionId: one, bucket, remaining: 49 },
      { event: 'budgetExhausted', alarm: true, subscriptionId: one, bucket, remaining: 47 },
    ]);
  });

  it.each([
    ['3', '00:00:05', 0],
    ['2', '00:00:05', 5_000],
    ['0', '00:00:00', 0],
    ['0', 'soon', 0],
    ['many', '00:00:05', 0],
  ])('of Resource Graph: %s left until %s keep others back for %d ms', (n, resets, ms) => {
    const { meter } = metered();
    const mark = meter.buckets.sent('POST', '/providers/Microsoft.ResourceGraph/resources');
    const headers = { 'x-ms-user-quota-remaining': n, 'x-ms-user-quota-resets-after': resets };
    meter.answered(headers, noon, noon, mark);
    expect(meter.buckets.queryPauseMs(noon)).toBe(ms);
    expect(meter.buckets.queryPauseMs(noon + 5_000)).toBe(0);
  });

  it('remembers no more than a bounded number of subscriptions', () => {
    const { buckets } = told('subscription-reads', 0);
    for (let n = 0; n < 2_000; n++) {
      buckets.sent('GET', path(`${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`));
    }
    expect(buckets.pauseMs(one, noon)).toBe(0);
  });
});
