import type { WindowView } from '../../../shared/contract/windowView';
import { answered, id, refusedWith, runAgainst, view } from '../../support/commandLine';

const open = ['open', 'vm-1', '--for', '1h', '--reason', 'Disk is full'];
const approval: NonNullable<WindowView['approval']> = {
  groups: ['99999999-0000-4000-8000-000000000013'],
  expiresAt: '2026-01-01T10:30:00.000Z',
  answer: null,
};
const waiting = view({ phase: 'awaitingApproval', activation: null, approval, rules: [] });
const answer = {
  kind: 'approved',
  by: { objectId: 'lea', name: 'Lea\u001b[2J' },
  at: '2026-01-01T10:05:00.000Z',
  remark: 'I know of it',
} as const;
const review = {
  window: id,
  state: 'open',
  usedBy: { objectId: 'pia', name: 'Pia\u001b[31m', mail: 'pia@contoso.com' },
  reason: 'The whole site is down\nand more',
  policyRule: 'glass',
  vms: ['/subscriptions/x/vm-1'],
  openedAt: '2026-01-01T09:30:00.000Z',
  closed: null,
  self: `/api/windows/${id}/review`,
} as const;

describe('a request that waits for a second person', () => {
  it('is shown at once, with what that person has to type, and is not done', async () => {
    const said = await runAgainst(open, () => answered(waiting, 202));
    expect(said.exitCode).toBe(3);
    expect(said.heard).toHaveLength(1);
    expect(said.out).toContain('is AWAITINGAPPROVAL');
    expect(said.out).toMatch(/approval +awaited until/);
    expect(said.err).toContain(`postern approve ${id}`);
  });

  it('is approved by one call, and followed until it is proved open', async () => {
    const approved = view({ approval: { ...approval, answer } });
    let calls = 0;
    const said = await runAgainst(['approve', id, '--reason', 'I know of it'], () => {
      calls += 1;
      return answered(calls < 3 ? { ...approved, phase: 'opening' } : approved, 202);
    });
    expect([said.exitCode, said.err]).toEqual([0, '']);
    expect(said.out).toMatch(/approval +approved by Lea \[2J: I know of it/);
  });

  it.each([
    ['approve', ['approve', id], 'approvalOwn', 403, 1],
    ['deny', ['deny', id, '--reason', 'Not now'], 'approvalAnswered', 409, 1],
    ['deny without a reason', ['deny', id], '', 0, 2],
  ])('%s says why not', async (_what, argv, code, status, exitCode) => {
    const said = await runAgainst(argv, () => refusedWith(code, status));
    expect(said.exitCode).toBe(exitCode);
    expect(said.err).toContain(code);
  });

  it('is denied, and says so', async () => {
    const denied = view({
      phase: 'refused',
      outcome: 'approvalDenied',
      approval: { ...approval, answer: { ...answer, kind: 'denied', remark: 'not tonight' } },
    });
    const said = await runAgainst(['deny', id, '--reason', 'not tonight'], () => answered(denied));
    expect(said.exitCode).toBe(0);
    expect(said.out).toMatch(/approval +denied by Lea \[2J: not tonight/);
  });
});

describe('a broken glass', () => {
  it('is shown as one', async () => {
    const claim = { kind: 'breakGlass', group: 'g' } as const;
    const glass = view({ activation: null, claim });
    const said = await runAgainst([...open, '--break-glass'], () => answered(glass, 201));
    expect(said.exitCode).toBe(0);
    expect(said.out).toMatch(/stands on +BREAK-GLASS, group g/);
    expect(said.out).not.toContain('role ends');
  });

  it('has a review that is read, and closed with a remark, in harmless text', async () => {
    const read = await runAgainst(['review', id], () => answered(review));
    expect([read.exitCode, read.heard[0]?.method]).toEqual([0, 'GET']);
    expect(read.out).toContain(`Review of window ${id} is OPEN`);
    expect(read.out).toContain('Pia [31m pia@contoso.com');
    expect(read.out).not.toContain('\u001b');
    const closed = { by: 'lea', at: '2026-01-01T10:00:00.000Z', remark: 'It was right' };
    const done = await runAgainst(['review', id, '--remark', 'It was right'], () =>
      answered({ ...review, state: 'closed', closed }),
    );
    expect([done.exitCode, done.heard[0]?.method]).toEqual([0, 'POST']);
    expect(done.out).toMatch(/closed by +lea: It was right/);
    const json = await runAgainst(['review', id, '--json'], () => answered(review));
    expect(JSON.parse(json.out)).toEqual(review);
  });
});
