import { createDeleteLog } from '../../../shared/azure/sentDeletes';
import { nsgId, stubArm } from './stubArm';

const noon = Date.parse('2026-11-22T12:00:00.000Z');
const one = '11111111-1111-4111-8111-111111111111';
const ruleOf = (subscription: string) =>
  `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.Network` +
  '/networkSecurityGroups/nsg/securityRules/rule';

describe('the deletes that were sent of late', () => {
  it('are those of rules, by subscription and second, for five minutes', () => {
    const log = createDeleteLog();
    log.sent('DELETE', ruleOf(one), noon);
    log.sent('DELETE', ruleOf(one).toUpperCase(), noon + 999);
    log.sent('DELETE', ruleOf(one), noon + 1_000);
    log.sent('PUT', ruleOf(one), noon);
    log.sent('GET', ruleOf(one), noon);
    log.sent('DELETE', `/subscriptions/${one}/resourceGroups/rg`, noon);
    expect(log.of(one.toUpperCase(), noon + 1_000)).toEqual([
      { at: noon, count: 2 },
      { at: noon + 1_000, count: 1 },
    ]);
    expect(log.of('22222222-2222-4222-8222-222222222222', noon)).toEqual([]);
    expect(log.of(one, noon + 300_000)).toEqual([{ at: noon + 1_000, count: 1 }]);
    log.sent('DELETE', ruleOf(one), noon + 300_999);
    expect(log.of(one, noon)).toEqual([
      { at: noon + 1_000, count: 1 },
      { at: noon + 300_000, count: 1 },
    ]);
  });

  it('are kept of a bounded number of subscriptions', () => {
    const log = createDeleteLog();
    log.sent('DELETE', ruleOf(one), noon);
    for (let n = 0; n < 500; n++) {
      log.sent('DELETE', ruleOf(`${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`), noon);
    }
    expect(log.of(one, noon)).toEqual([]);
  });

  it('count whatever came of them', async () => {
    const { world } = stubArm(() => ({ status: 503, body: '' }));
    await expect(world.network.deleteRule(nsgId, 'postern-rule')).rejects.toThrow(/unavailable/);
    expect(world.budget.sentDeletes(one).map(({ count }) => count)).toEqual([1]);
  });
});
