import type { RunView } from '../../../shared/contract/remediation/runView';
import { runView } from '../../../shared/contract/remediation/runView';
import { quarantineView } from '../../../shared/contract/remediation/quarantineView';
import { readinessView } from '../../../shared/contract/remediation/readinessView';
import { answered, brokenBy, inTurn, refusedWith, runAgainst } from '../../support/commandLine';
import { noTally } from '../../../shared/domain/remediation/remediationRow';
import { nightBegin, runRow, standingOf, vmIdAt } from '../../support/nightWorld';
import { now, readyOf, vmId } from '../../support/readiness';
import { hostileTexts } from '../../support/reports';

const ended = { ready: 80, fixed: 15, wouldFix: 0, skipped: 4, failed: 1, quarantined: 0 };
const askedId = 'asked-abcdefghij234567abcd';

function view(changes: Partial<RunView> = {}): RunView {
  const row = runRow({ tally: { ...noTally, found: 100, ended }, foundAt: nightBegin });
  return { ...runView(row, nightBegin + 600_000), ...changes };
}

const list = (...runs: RunView[]) => ({ runs, next: null });
const remediate = ['remediate', '--reason', 'New VMs'];

describe('postern remediate', () => {
  it.each([
    [[], { dryRun: true, reason: 'New VMs' }],
    [['--dry-run'], { dryRun: true, reason: 'New VMs' }],
    [['--for-real'], { dryRun: false, reason: 'New VMs' }],
    [
      ['--for-real', '--scope', '/subscriptions/a', '/subscriptions/b'],
      { dryRun: false, reason: 'New VMs', scopes: ['/subscriptions/a', '/subscriptions/b'] },
    ],
  ])('with %j asks for %j', async (more, body) => {
    const said = await runAgainst([...remediate, ...more], () =>
      answered(view({ id: askedId, phase: 'asked' }), 202),
    );
    expect([said.exitCode, said.heard[0]?.path, said.heard[0]?.body]).toEqual([
      0,
      '/api/remediations',
      body,
    ]);
    expect(said.out).toContain(`Run ${askedId} is ASKED`);
    const key = said.heard[0]?.headers.get('idempotency-key') ?? '';
    expect(said.err).toContain(`--key ${key} is the same run`);
  });

  it.each([
    [['remediate']],
    [[...remediate, '--dry-run', '--for-real']],
    [[...remediate, '--force']],
  ])('%j is wrong, and asks for nothing', async (argv) => {
    const said = await runAgainst(argv, () => answered(view()));
    expect([said.exitCode, said.heard]).toEqual([2, []]);
  });

  it('says why not, and what to do', async () => {
    const said = await runAgainst(remediate, () => refusedWith('notAnOperator', 403));
    expect([said.exitCode, said.err]).toEqual([1, expect.stringContaining('[notAnOperator]')]);
  });

  it('is sent again with the same key where the answer was lost', async () => {
    const behind = inTurn(
      () => brokenBy('ECONNRESET'),
      () => answered(view({ phase: 'asked' }), 202),
    );
    const said = await runAgainst(remediate, behind);
    const keys = said.heard.map(({ headers }) => headers.get('idempotency-key'));
    expect([said.exitCode, keys.length, new Set(keys).size]).toEqual([0, 2, 1]);
  });

  it('follows a run to its end, and says how far it is', async () => {
    const drawn: string[] = [];
    const behind = inTurn(
      () => answered(view({ phase: 'asked', vms: { ...view().vms, ended: 0 } }), 202),
      () => answered(view({ phase: 'running', secondsLeft: 600 })),
      () => refusedWith('unavailable', 503),
      () => answered(view({ phase: 'done', secondsLeft: 0, endedAt: '2026-01-01T02:20:00.000Z' })),
    );
    const said = await runAgainst([...remediate, '--follow'], behind, {
      isTerminal: { stdin: false, stdout: false, stderr: true },
      stderr: (text) => drawn.push(text),
    });
    expect([said.exitCode, said.out]).toEqual([0, expect.stringContaining('is DONE')]);
    expect(drawn.join('')).toContain('running: 100 of 100 VMs, 10 min left');
    expect(said.heard.slice(1).every(({ path }) => path.startsWith('/api/remediations/'))).toBe(
      true,
    );
  });

  it.each([
    ['cancelled', { phase: 'cancelled' }, 1],
    ['without its work done', { phase: 'done', trouble: 'scopeNotAllowed' }, 1],
    ['with VMs that failed', { phase: 'done' }, 0],
  ] as const)('tells by its exit code that it ended %s', async (_what, changes, exitCode) => {
    const said = await runAgainst([...remediate, '--follow'], () => answered(view(changes)));
    expect([said.exitCode, said.out]).toEqual([exitCode, expect.stringContaining('failed')]);
  });

  it('leaves the run to itself at Ctrl-C, and says how to end it', async () => {
    const interrupt = new AbortController();
    const said = await runAgainst(
      [...remediate, '--follow'],
      () => answered(view({ phase: 'running' })),
      {
        interrupt: interrupt.signal,
        wait: async () => interrupt.abort(),
      },
    );
    expect([said.exitCode, said.err]).toEqual([
      130,
      expect.stringContaining('postern remediation cancel night-20260101'),
    ]);
    expect(said.heard.filter(({ path }) => path.endsWith('/cancel'))).toEqual([]);
  });
});

describe('postern remediations and remediation', () => {
  it('list and show, in words and as JSON', async () => {
    const all = await runAgainst(['remediations'], () =>
      answered(list(view(), view({ id: askedId }))),
    );
    expect(all.out).toMatch(/^night-20260101 +running .*100 VMs, 15 fixed, 1 failed/);
    expect(all.out.trimEnd().split('\n')).toHaveLength(2);
    const one = await runAgainst(['remediation', 'night-20260101', '--json'], () =>
      answered(view()),
    );
    expect(JSON.parse(one.out)).toEqual(view());
    expect((await runAgainst(['remediations'], () => answered(list()))).out).toContain('no runs');
  });

  it('read as many pages as are wanted, and no page twice', async () => {
    const next = '/api/remediations?limit=100&after=night-20260101';
    const said = await runAgainst(['remediations', '--pages', '3'], () =>
      answered({ runs: [view()], next }),
    );
    expect(said.heard).toHaveLength(2);
    expect(said.err).toContain('There are more');
  });

  it.each([
    ['night-2026', 0, 'night-20260101'],
    ['asked-ab', 0, askedId],
    ['asked-zz', 1, 'No run begins'],
    ['ni', 2, 'A run’s id is'],
    ['../audit', 2, 'A run’s id is'],
  ])('find a run by how its id begins: %s', async (beginning, exitCode, text) => {
    const runs = [view(), view({ id: askedId })];
    const said = await runAgainst(['remediation', beginning, '--json'], ({ path }) => {
      const found = runs.find(({ self }) => path.endsWith(self) || path.endsWith(`/${askedId}`));
      return answered(path.includes('?') ? list(...runs) : (found ?? view()));
    });
    expect(said.exitCode).toBe(exitCode);
    expect(`${said.out}${said.err}${said.heard.at(-1)?.path ?? ''}`).toContain(text);
  });

  it('say so where several begin alike', async () => {
    const runs = [view(), view({ id: 'night-20260102' })];
    const said = await runAgainst(['remediation', 'night-2026'], () => answered(list(...runs)));
    expect([said.exitCode, said.err]).toEqual([2, expect.stringContaining('Several runs')]);
  });

  it.each([
    ['json', 'application/json'],
    ['csv', 'text/csv'],
    ['html', 'text/html'],
  ])('save the report as %s', async (form, media) => {
    const saved: string[][] = [];
    const argv = ['remediation', 'night-20260101', '--report', form, '--output', `night.${form}`];
    const said = await runAgainst(
      [...argv, '--outcome', 'failed', '--why', 'refused'],
      () => new Response('{"a":1}', { headers: { 'content-type': `${media}; charset=utf-8` } }),
      {
        saveFile: async (path, text) => {
          saved.push([path, text]);
          return null;
        },
      },
    );
    expect([said.exitCode, saved]).toEqual([0, [[`night.${form}`, '{"a":1}']]]);
    expect(said.heard[0]?.path).toBe(
      `/api/remediations/night-20260101/report?format=${form}&outcome=failed&reason=refused`,
    );
  });

  it('save what is larger than anything that is shown', async () => {
    const text = 'x'.repeat(20_000_000);
    const csv = () => new Response(text, { headers: { 'content-type': 'text/csv' } });
    const argv = ['remediation', 'night-20260101', '--report', 'csv', '--output', 'a'];
    expect((await runAgainst(argv, csv)).exitCode).toBe(0);
  });

  it.each([
    [['remediation', 'night-20260101', '--report', 'csv']],
    [['remediation', 'night-20260101', '--output', 'a']],
    [['remediation', 'night-20260101', '--report', 'xml', '--output', 'a']],
  ])('%j is wrong', async (argv) => {
    const said = await runAgainst(argv, () => answered(view()));
    expect([said.exitCode, said.heard]).toEqual([2, []]);
  });

  it('take no page for a report that is none', async () => {
    const argv = ['remediation', 'night-20260101', '--report', 'csv', '--output', 'a'];
    const html = () => new Response('<html>', { headers: { 'content-type': 'text/html' } });
    expect((await runAgainst(argv, html)).exitCode).toBe(3);
  });

  it('cancel, with the flags that stand behind it', async () => {
    const argv = ['remediation', 'cancel', 'night-20260101', '--reason', 'Wrong day', '--json'];
    const said = await runAgainst(argv, () => answered(view({ phase: 'cancelling' }), 202));
    expect([said.exitCode, said.heard[0]?.path, said.heard[0]?.body]).toEqual([
      0,
      '/api/remediations/night-20260101/cancel',
      { reason: 'Wrong day' },
    ]);
    expect(JSON.parse(said.out)).toMatchObject({ phase: 'cancelling' });
    expect(said.err).toContain('--follow');
    const over = await runAgainst(argv, () => refusedWith('runOver', 409));
    expect([over.exitCode, over.err]).toEqual([1, expect.stringContaining('runOver')]);
  });
});

describe('postern readiness', () => {
  const ready = () => answered(readinessView(readyOf(), now.hostMs));
  const lacking = readyOf({ machine: { unknown: 'x' }, candidate: { facts: null } });

  it('shows each part with where it comes from, and that Owner does not log in', async () => {
    const said = await runAgainst(['readiness', vmId], ready);
    expect(said.exitCode).toBe(0);
    expect(said.heard[0]?.path).toBe(`/api/readiness?vm=${encodeURIComponent(vmId)}`);
    expect(said.out).toContain('is READY');
    expect(said.out).toMatch(/\+ extension +AADLoginForWindows 2.0, Succeeded. \(machine\)/);
    expect(said.out).toContain('Owner and Contributor do not log in');
  });

  it('tells by its exit code what is missing, and not what is unknown', async () => {
    const unknown = () => answered(readinessView(lacking, now.hostMs));
    expect((await runAgainst(['readiness', vmId], unknown)).exitCode).toBe(0);
    const notReady = { ...readinessView(readyOf(), now.hostMs), state: 'notReady' };
    expect((await runAgainst(['readiness', vmId], () => answered(notReady))).exitCode).toBe(1);
  });

  it('saves the file for Remote Desktop, or that of every VM', async () => {
    const saved: string[] = [];
    const keep = {
      saveFile: async (path: string) => {
        saved.push(path);
        return null;
      },
    };
    await runAgainst(['readiness', vmId, '--rdp', 'a.rdp'], ready, keep);
    const csv = () => new Response('"a"', { headers: { 'content-type': 'text/csv' } });
    const all = await runAgainst(['readiness', '--csv', 'all.csv'], csv, keep);
    expect([saved, all.heard[0]?.path]).toEqual([['a.rdp', 'all.csv'], '/api/readiness.csv']);
  });

  it.each([[['readiness']], [['readiness', 'vm-1']], [['readiness', vmId, '--csv', 'a']]])(
    '%j is wrong',
    async (argv) => {
      const said = await runAgainst(argv, ready);
      expect([said.exitCode, said.heard]).toEqual([2, []]);
    },
  );
});

describe('postern quarantine and release', () => {
  const vms = [0, 1].map((at) => quarantineView(standingOf({ vmId: vmIdAt(at) }), 'AzureCloud'));
  const quarantined = () => answered({ vms, next: null, count: 2 });

  it('lists each VM with why and what to do', async () => {
    const { exitCode, out } = await runAgainst(['quarantine'], quarantined);
    expect(exitCode).toBe(0);
    expect(out).toContain('vm-0  3 nights, since 2026-01-01 02:00:00Z');
    expect(out).toContain(`Next: ${vms[0]?.next}`);
    const none = () => answered({ vms: [], next: null, count: 0 });
    expect((await runAgainst(['quarantine'], none)).out).toContain('No VM is in quarantine');
  });

  it.each([vmIdAt(1), vmIdAt(1).toUpperCase(), 'vm-1', vms[1]?.id ?? ''])(
    'lets out a VM that is called %s',
    async (wanted) => {
      const said = await runAgainst(['release', wanted, '--reason', 'Mended'], ({ method }) =>
        method === 'GET' ? quarantined() : answered(vms[1], 202),
      );
      expect([said.exitCode, said.heard.at(-1)?.path, said.heard.at(-1)?.body]).toEqual([
        0,
        `/api/quarantine/${vms[1]?.id}/release`,
        { reason: 'Mended' },
      ]);
    },
  );

  it.each([
    ['vm-7', 1, 'is not in quarantine'],
    ['twin', 2, 'Several VMs'],
  ])('lets nobody out as %s', async (wanted, exitCode, text) => {
    const twins = vms.map((one) => ({ ...one, name: 'twin' }));
    const said = await runAgainst(['release', wanted, '--reason', 'Mended'], () =>
      answered({ vms: twins, next: null, count: 2 }),
    );
    expect([said.exitCode, said.err]).toEqual([exitCode, expect.stringContaining(text)]);
    expect(said.heard.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('puts nothing into a path that a list made up', async () => {
    const strange = [{ ...vms[0], id: '../../audit' }];
    const said = await runAgainst(['release', 'vm-0', '--reason', 'Mended'], () =>
      answered({ vms: strange, next: null, count: 1 }),
    );
    expect([said.exitCode, said.heard.length]).toEqual([3, 1]);
  });
});

describe('what others wrote', () => {
  it.each(hostileTexts)('moves nothing on a terminal: %j', async (text) => {
    const run = view({ reason: text, scopes: [text], trouble: text, askedBy: text });
    const one = {
      ...quarantineView(standingOf(), 'AzureCloud'),
      name: text,
      vm: text,
      what: text,
      next: text,
    };
    const fact = { part: 'os', state: 'missing', what: text, next: text, from: text };
    const ready = {
      ...readinessView(readyOf(), now.hostMs),
      name: text,
      facts: [fact],
      note: text,
    };
    const answers = [
      await runAgainst(['remediation', 'night-20260101'], () => answered(run)),
      await runAgainst(['remediation', 'night-20260101', '--json'], () => answered(run)),
      await runAgainst(['remediations'], () => answered(list(run))),
      await runAgainst(['quarantine'], () => answered({ vms: [one], next: null, count: 1 })),
      await runAgainst(['readiness', vmId], () => answered(ready)),
    ];
    for (const { out, err } of answers) {
      expect(`${out}${err}`.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });
});
