import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesOf, readTaken } from './files';
import { tableOf } from './markdown';
import { measures } from './measures';
import { pageOf } from './page';

const root = join(__dirname, '..', '..');

describe('the page of what has been proved', () => {
  it('says what the files beside it say, and nothing else', () => {
    expect(readFileSync(filesOf(root).page, 'utf8')).toBe(pageOf(readTaken(root)));
  });

  it('knows every measure that was taken', () => {
    const names = measures.map(({ name }) => name);
    const unknown = readTaken(root).filter(({ name }) => !names.includes(name));
    expect(unknown).toEqual([]);
  });

  it('lists what nobody has measured', () => {
    expect(pageOf([]).split('not measured yet')).toHaveLength(measures.length + 1);
  });

  it('keeps its columns whatever a cell says', () => {
    expect(tableOf(['a'], [['one | two\nthree']])).toBe('| a |\n| --- |\n| one \\| two three |');
  });
});
