import { join } from 'node:path';
import { findOther, printComparison } from './otherNode';

const root = join(__dirname, '..', '..');

describe('the comparison with another Node', () => {
  it('takes a path that is there, and none that is not', () => {
    expect(findOther(root, process.execPath)).toBe(process.execPath);
    expect(findOther(root, join(root, 'no-such-node'))).toBeNull();
  });

  it('names the seeds whose traces differ', () => {
    const compared = { own: 'v20.1.0', other: 'v22.1.0', seeds: 50, from: 1 };
    expect(printComparison({ ...compared, differing: [] })).toBe(
      'seeds 1 to 50 under Node v20.1.0 and v22.1.0: 0 traces differ (none)',
    );
    expect(printComparison({ ...compared, differing: [31, 4] })).toContain('differ (4, 31)');
  });
});
