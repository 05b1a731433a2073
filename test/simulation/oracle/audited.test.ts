import { watchAudited } from './audited';
import { at, circumstances, good, id } from './goodWindow';

const what = 'the accepted extend';
const wished = (until: number): string =>
  `${JSON.stringify({ chain: id, id: 'x', step: 'extendWished', what: { until: new Date(until).toISOString() } })}\n`;

/** What is said of an accepted extend to minute 25, with this in the window's chain. */
async function saidOf(text: string): Promise<string[]> {
  const { chains, faults } = watchAudited();
  if (text !== '') await chains.append(`local1/windows/${id}.jsonl`, text, 0, 1_000);
  const accepted = [{ atMs: at(5), windowId: id, untilMs: at(25) }];
  return faults({ ...good, accepted }, circumstances)
    .map((fault) => fault.what)
    .filter((one) => one.startsWith(what));
}

describe('an extend that was accepted', () => {
  it('is on record', async () => {
    expect(await saidOf(wished(at(25)))).toEqual([]);
    // Asked for once more within the second, nothing has changed and nothing is added.
    expect(await saidOf(wished(at(25) + 900))).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['another extend', wished(at(24))],
  ])('is missed where %s is', async (_what, text) => {
    expect(await saidOf(text)).toEqual([`${what} of window ${id} is not on record`]);
  });
});
