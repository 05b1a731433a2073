import { at, good, line } from './goodWindow';
import { wholeFaults } from './whole';

const asked = (minutes: number, path = 'one') => ({ path, atMs: at(minutes), isShown: false });
const shown = (minutes: number, path = 'one') => ({ ...asked(minutes, path), isShown: true });
const done = (minutes: number, fields = {}) =>
  line(minutes, { event: 'sweep.done', complete: true, by: 'lists', ...fields });

function said(lists: ReturnType<typeof asked>[], lines = [done(1)]): number {
  return wholeFaults({ ...good, lines, lists }).length;
}

describe('a sweep that calls itself whole', () => {
  it('was shown each list, to its last page', () => {
    expect(said([asked(0.5), shown(0.6), asked(0.7), shown(0.8)])).toBe(0);
    expect(said([asked(0.5), shown(0.6), asked(0.7)])).toBe(1);
    expect(said([asked(0.5), shown(0.6), asked(0.5, 'two')])).toBe(1);
  });

  it('is judged by its own lists', () => {
    expect(said([asked(0.5)], [done(0.9), done(1)])).toBe(1);
    expect(said([asked(0.5)], [done(0.4), done(0.6, { complete: false })])).toBe(0);
    expect(said([asked(1.5)])).toBe(0);
  });

  it('may have gone by the index', () => {
    expect(said([asked(0.5)], [done(1, { by: 'index' })])).toBe(0);
  });

  it('is not judged where two apps list at once', () => {
    const lines = [done(1)];
    const sweeperLines = [done(2)];
    expect(wholeFaults({ lists: [asked(0.5)], lines, sweeperLines })).toEqual([]);
  });
});
