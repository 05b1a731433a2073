import type { Answer } from '../../../shared/azure/pipeline';
import { rememberParsed } from '../../../shared/azure/rememberParsed';

const answer = (body: string): Answer => ({ status: 200, headers: {}, body, answeredAt: 0 });

function counting(): { parse: (given: Answer) => unknown; parsed: () => number } {
  let parsed = 0;
  const parse = ({ body }: Answer): unknown => {
    parsed += 1;
    return JSON.parse(body);
  };
  return { parse, parsed: () => parsed };
}

describe('what an answer was read as', () => {
  it('is remembered for the same text about the same thing, and for nothing else', () => {
    const { parse, parsed } = counting();
    const read = rememberParsed(parse);
    expect(read('a', answer('{"rules":[1]}'))).toEqual({ rules: [1] });
    expect(read('a', answer('{"rules":[1]}'))).toEqual({ rules: [1] });
    expect(parsed()).toBe(1);
    expect(read('a', answer('{"rules":[2]}'))).toEqual({ rules: [2] });
    expect(read('b', answer('{"rules":[1]}'))).toEqual({ rules: [1] });
    expect(read('a', answer('{"rules":[1]}'))).toEqual({ rules: [1] });
    expect(parsed()).toBe(4);
  });

  it('is not remembered where the text could not be read', () => {
    const { parse, parsed } = counting();
    const read = rememberParsed(parse);
    expect(() => read('a', answer('{'))).toThrow(SyntaxError);
    expect(() => read('a', answer('{'))).toThrow(SyntaxError);
    expect(parsed()).toBe(2);
  });

  it('is forgotten, the oldest first, and texts that are too long at once', () => {
    const { parse, parsed } = counting();
    const read = rememberParsed(parse);
    for (let at = 0; at < 251; at++) read(`nsg-${at}`, answer('1'));
    read('nsg-250', answer('1'));
    expect(parsed()).toBe(251);
    read('nsg-0', answer('1'));
    expect(parsed()).toBe(252);
    const long = answer(JSON.stringify('x'.repeat(100_001)));
    read('nsg-1', long);
    read('nsg-1', long);
    expect(parsed()).toBe(254);
  });
});
