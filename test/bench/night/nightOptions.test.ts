import { readNightOptions } from './nightOptions';
import { nightTasks } from './nightTasks';

describe('the command line of the night', () => {
  beforeEach(() => {
    jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  });
  afterEach(() => jest.restoreAllMocks());

  it('plays everything when it says nothing', () => {
    const options = readNightOptions([]);
    if ('exit' in options) throw new Error('It does not play.');
    const counts: Record<string, number> = {};
    for (const { kind } of nightTasks(options)) counts[kind] = (counts[kind] ?? 0) + 1;
    expect(counts).toEqual({ memory: 3, ours: 4, closes: 1, contender: 20 });
  });

  it('plays less for a trial', () => {
    const args = ['--vms', '50', '--only', 'trouble', '--no-memory', '--no-closes'];
    const options = readNightOptions(args);
    if ('exit' in options) throw new Error('It does not play.');
    const tasks = nightTasks(options);
    expect(tasks.map(({ kind }) => kind)).toEqual(['ours', ...Array(5).fill('contender')]);
    expect(tasks.every((task) => !('layout' in task) || task.layout.vms === 50)).toBe(true);
  });

  it.each([['--vms', '0'], ['--vms', 'many'], ['--seed', '-1'], ['elsewhere'], ['--nothing']])(
    'refuses %s %s',
    (...args) => {
      expect(readNightOptions(args)).toEqual({ exit: 2 });
    },
  );
});
