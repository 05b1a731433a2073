import { installVirtualTime, type VirtualTime } from '../../virtualTime';
import { manyWindows } from '../../bench/layouts';
import { playWindows, startAt, startProduct } from '../../bench/playWindows';

let time: VirtualTime;
beforeEach(() => {
  time = installVirtualTime(startAt);
});
afterEach(() => time.uninstall());

describe('fifty activations in the same second', () => {
  it('wait for their queries one by one, and come back once each', async () => {
    const windows = 50;
    const layout = manyWindows(windows);
    const refused: string[] = [];
    let confirmations = 0;
    const simulation = await startProduct(layout, {
      onAnswer: ({ method, url }, status) => {
        if (status === 429) refused.push(`${method} ${new URL(url).pathname}`);
        if (/\/roleAssignments\//i.test(url)) confirmations += 1;
      },
    });
    await playWindows(simulation, layout, time);
    expect(simulation.verdict().reasons).toEqual([]);
    expect(refused.filter((one) => one.includes('ResourceGraph'))).toEqual([]);
    // Whoever has to wait for its query is confirmed once more when it has its turn, and never again.
    expect(confirmations).toBeLessThanOrEqual(2 * windows);
    await simulation.close();
  });
});
