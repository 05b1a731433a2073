import { installVirtualTime } from './virtualTime';

describe('virtual time', () => {
  it('fires timers in order, with the work between them', async () => {
    const time = installVirtualTime();
    const seen: string[] = [];
    setTimeout(() => seen.push('b'), 2000);
    setTimeout(() => {
      void Promise.resolve().then(() => setTimeout(() => seen.push('a+'), 500));
      seen.push('a');
    }, 1000);
    await time.pass(1999);
    expect(seen).toEqual(['a', 'a+']);
    await time.pass(1);
    expect(seen).toEqual(['a', 'a+', 'b']);
    expect(new Date(time.now()).toISOString()).toBe('2026-01-01T10:00:02.000Z');
    time.uninstall();
  });
});
