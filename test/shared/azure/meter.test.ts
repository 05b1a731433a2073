import { createMeter } from '../../../shared/azure/meter';
import { createLog } from '../../../shared/log';
import { nsgId, stubArm } from './stubArm';

const at = (text: string) => Date.parse(text);
const noon = at('2026-11-21T12:00:00.000Z');
const date = 'Sat, 21 Nov 2026 12:00:00 GMT';

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
    meter.answered({ date }, sentAt, receivedAt);
    expect(meter.skew()).toEqual({ skewMs, measuredAt: receivedAt });
  });

  it('is not measured by answers that took too long, or that say no time', () => {
    const { meter } = metered();
    expect(meter.skew()).toEqual({ skewMs: 0, measuredAt: null });
    meter.answered({ date }, noon - 100_000, noon - 94_000);
    meter.answered({}, noon, noon);
    for (const nonsense of ['', 'soon', '2026', 'Sat, nonsense of a date', '-1', '0']) {
      meter.answered({ date: nonsense }, noon, noon);
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
  const bucket = 'x-ms-ratelimit-remaining-subscription-deletes';

  it('is reported when a bucket runs low, once a minute for each', () => {
    const { meter, lines } = metered();
    meter.answered({ [bucket]: '50' }, noon, noon);
    expect(lines).toEqual([]);
    meter.answered({ [bucket]: '49' }, noon, noon);
    meter.answered({ [bucket]: '48' }, noon, noon + 59_999);
    meter.answered({ 'x-ms-ratelimit-remaining-subscription-reads': '1' }, noon, noon + 1);
    meter.answered({ [bucket]: '47' }, noon, noon + 60_000);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { event: 'arm.budgetLow', bucket: 'subscription-deletes', remaining: 49 },
      { event: 'arm.budgetLow', bucket: 'subscription-reads', remaining: 1 },
      { event: 'arm.budgetLow', bucket: 'subscription-deletes', remaining: 47 },
    ]);
  });

  it('is not read out of nonsense', () => {
    const { meter, lines } = metered();
    for (const value of ['', '-1', 'many', '4.5', 'Microsoft.Compute/HighCostGet;0']) {
      meter.answered({ [bucket]: value }, noon, noon);
    }
    expect(lines).toEqual([]);
  });
});
