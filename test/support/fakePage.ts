import { runInNewContext } from 'node:vm';

/** As much of a browser as the page of a report asks for: elements, texts, events. */
export type FakePage = {
  /** The VMs that are shown: the texts of their cells. */
  lines(): string[][];
  count(): string;
  choose(name: 'outcome' | 'reason' | 'search', value: string): void;
  press(name: 'before' | 'after'): void;
  sortBy(column: number): void;
  options(name: 'outcome' | 'reason'): string[];
  /** How often anything but text was put into the page; it must stay zero. */
  markupWrites(): number;
};

class FakeElement {
  textContent = '';
  value = '';
  children: FakeElement[] = [];
  readonly listeners: (() => void)[] = [];
  constructor(private readonly onMarkup: () => void) {}
  append(...more: FakeElement[]): void {
    this.children.push(...more);
  }
  replaceChildren(...others: FakeElement[]): void {
    this.children = others;
  }
  addEventListener(_event: string, listener: () => void): void {
    this.listeners.push(listener);
  }
  fire(): void {
    for (const listener of this.listeners) listener();
  }
  set innerHTML(_text: string) {
    this.onMarkup();
  }
}

/** Opens a page as a browser would: reads its blocks of data, then runs its one script. */
export function openPage(html: string): FakePage {
  let markup = 0;
  const make = (): FakeElement => new FakeElement(() => (markup += 1));
  const blocks = [...html.matchAll(/<script type="application\/json">(.*?)<\/script>/gs)].map(
    ([, text = '']) => Object.assign(make(), { textContent: text }),
  );
  const scripts = [...html.matchAll(/<script>(.*?)<\/script>/gs)];
  if (scripts.length !== 1) throw new Error(`The page has ${scripts.length} scripts.`);
  const named = new Map(
    [...html.matchAll(/<(?:select|input|button|span|tbody) id="(\w+)"/g)].map(([, id = '']) => [
      id,
      make(),
    ]),
  );
  const heads = [...html.matchAll(/<th scope="col"><button/g)].map(make);
  const document = {
    getElementById: (id: string) => named.get(id) ?? null,
    createElement: make,
    querySelectorAll: (query: string) => (query === 'th button' ? heads : blocks),
  };
  runInNewContext(scripts[0]?.[1] ?? '', { document });
  const element = (id: string): FakeElement => {
    const found = named.get(id);
    if (found === undefined) throw new Error(`The page has no ${id}.`);
    return found;
  };
  return {
    lines: () =>
      element('lines').children.map(({ children }) => children.map((cell) => cell.textContent)),
    count: () => element('count').textContent,
    choose: (name, value) => {
      element(name).value = value;
      element(name).fire();
    },
    press: (name) => element(name).fire(),
    sortBy: (column) => heads[column]?.fire(),
    options: (name) => element(name).children.map(({ textContent }) => textContent),
    markupWrites: () => markup,
  };
}
