import {
  answered,
  brokenBy,
  type Heard,
  id,
  inTurn,
  refusedWith,
  runAgainst,
  view,
} from '../../support/commandLine';

const open = ['open', 'vm-1', '--for', '1h', '--reason', 'Disk is full'];

describe('a write', () => {
  const gone = view({ outcome: 'closed' });
  const extend = ['extend', id, '--until', view().until, '--reason', 'Still full'];
  const closeAll = ['close-all', '--reason', 'Now', '--confirm', 'close all'];
  const closing = { closing: 1, isWhole: true, windows: [{ id, self: `/api/windows/${id}` }] };
  const writes: [argv: string[], body: object][] = [
    [open, view()],
    [extend, view()],
    [['close', id], gone],
    [closeAll, closing],
  ];
  const keysOf = (heard: readonly Heard[]) =>
    heard.map(({ headers }) => headers.get('idempotency-key'));

  it.each(writes)('keeps its key when it is sent once more: %j', async (argv, body) => {
    const lost = () => brokenBy('ECONNRESET');
    const { exitCode, heard } = await runAgainst(
      argv,
      inTurn(lost, lost, () => answered(body)),
    );
    const keys = keysOf(heard);
    expect([exitCode, keys.length, new Set(keys).size]).toEqual([0, 3, 1]);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    const another = await runAgainst(argv, () => answered(body));
    expect(keysOf(another.heard)).not.toContain(keys[0]);
  });

  it.each(writes)('has the key that it is given: %j', async (argv, body) => {
    const { heard } = await runAgainst([...argv, '--key', 'pager-4711'], () => answered(body));
    expect(keysOf(heard)).toEqual(['pager-4711']);
  });

  it.each([
    [extend, 'PUT'],
    [['close', id], 'DELETE'],
    [open, 'PUT'],
  ] as const)('is only asked about with --dry-run: %j', async (argv, method) => {
    const calls = [{ method, url: 'https://arm.example/rule', body: null }];
    const would = (changes: object) => answered(view({ dryRun: true, ...changes }), 202);
    const dry = [...argv, '--dry-run'];
    const { exitCode, out, heard } = await runAgainst(dry, () => would({ calls }));
    expect([exitCode, heard.length]).toEqual([0, 1]);
    expect(out).toContain(`Nothing was done. It would send:\n  ${method} https://arm.example/rule`);
    const none = await runAgainst(dry, () => would({ calls: [] }));
    expect(none.out).toContain('It would send nothing');
    const refused = await runAgainst(dry, () => refusedWith('extendPastPolicy', 403));
    expect([refused.exitCode, refused.out]).toEqual([1, '']);
  });
});
