/** What a template expression may ask for. Each gives `null` for what is not there. */
export type Surroundings = {
  readonly field: (name: string) => unknown;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly resourceGroup: Readonly<Record<string, unknown>>;
  readonly requestContext: Readonly<Record<string, unknown>>;
  /** The member that a `count` is at, by its name. */
  readonly current: Readonly<Record<string, unknown>>;
};

type Token = { readonly kind: 'name' | 'text' | 'number' | 'mark'; readonly text: string };

/** A call, a literal, or a property of either: what policy rules use of the template language. */
type Node =
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Node[] }
  | { readonly kind: 'property'; readonly of: Node; readonly name: string };

/**
 * The value of a JSON value of a policy: a text in brackets is an expression, everything else is
 * what it is (learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions).
 * Throws where Azure would fail the evaluation, which denies the request.
 */
export function valueOf(json: unknown, around: Surroundings): unknown {
  if (typeof json !== 'string' || !/^\[(?!\[).*\]$/s.test(json)) return json;
  const node = parsed.get(json) ?? parse(json.slice(1, -1));
  parsed.set(json, node);
  return evaluate(node, around);
}

/** A rule asks for the same few values of thousands of machines. */
const parsed = new Map<string, Node>();

function evaluate(node: Node, around: Surroundings): unknown {
  if (node.kind === 'literal') return node.value;
  if (node.kind === 'property') {
    const object = evaluate(node.of, around);
    return (object as Record<string, unknown> | null)?.[node.name] ?? null;
  }
  // Only the branch that is taken is evaluated: the other one may fail.
  if (node.name === 'if') {
    const [condition, then, otherwise] = node.args;
    if (condition === undefined || then === undefined || otherwise === undefined) {
      throw new Error('if() takes three arguments');
    }
    return evaluate(evaluate(condition, around) === true ? then : otherwise, around);
  }
  return call(
    node.name,
    node.args.map((arg) => evaluate(arg, around)),
    around,
  );
}

function call(name: string, args: readonly unknown[], around: Surroundings): unknown {
  switch (name) {
    case 'field':
      return around.field(textOf(args[0]));
    case 'parameters':
      return known(around.parameters, textOf(args[0]));
    case 'current':
      return known(around.current, textOf(args[0]));
    case 'resourceGroup':
      return around.resourceGroup;
    case 'requestContext':
      return around.requestContext;
    case 'concat':
      return args.map(textOf).join('');
    case 'or':
      return args.some((arg) => arg === true);
    case 'empty':
      return isEmpty(args[0]);
    case 'length':
      return textOf(args[0]).length;
    case 'string':
      return typeof args[0] === 'string' ? args[0] : JSON.stringify(args[0]);
    default:
      throw new Error(`no function ${name}()`);
  }
}

/** `concat` and `length` fail on what is no text: policies have to guard them. */
function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new Error(`no text: ${JSON.stringify(value)}`);
  return value;
}

function known(from: Readonly<Record<string, unknown>>, name: string): unknown {
  if (!Object.hasOwn(from, name)) throw new Error(`nothing is called ${name}`);
  return from[name];
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function parse(text: string): Node {
  const tokens = tokensOf(text);
  const node = parseNode(tokens);
  if (tokens.length > 0) throw new Error(`left over of ${text}`);
  return node;
}

function tokensOf(text: string): Token[] {
  const form = /\s*(?:([A-Za-z]\w*)|'((?:[^']|'')*)'|(\d+)|([(),.]))/gy;
  const tokens: Token[] = [];
  let end = 0;
  for (const match of text.matchAll(form)) {
    const [all, name, quoted, number, mark] = match;
    end = match.index + all.length;
    if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (quoted !== undefined)
      tokens.push({ kind: 'text', text: quoted.replaceAll("''", "'") });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else tokens.push({ kind: 'mark', text: mark ?? '' });
  }
  if (text.slice(end).trim() !== '') throw new Error(`cannot read ${text.slice(end)}`);
  return tokens;
}

function parseNode(tokens: Token[]): Node {
  const token = tokens.shift();
  if (token?.kind === 'text') return { kind: 'literal', value: token.text };
  if (token?.kind === 'number') return { kind: 'literal', value: Number(token.text) };
  if (token?.kind !== 'name') throw new Error(`unexpected ${token?.text ?? 'end'}`);
  let node: Node = { kind: 'call', name: token.text, args: parseArgs(tokens) };
  while (isMark(tokens, '.')) {
    tokens.shift();
    node = { kind: 'property', of: node, name: tokens.shift()?.text ?? '' };
  }
  return node;
}

function parseArgs(tokens: Token[]): Node[] {
  if (!isMark(tokens, '(')) throw new Error('a name that is no call');
  tokens.shift();
  const args: Node[] = [];
  while (!isMark(tokens, ')')) {
    args.push(parseNode(tokens));
    if (isMark(tokens, ',')) tokens.shift();
    else if (!isMark(tokens, ')')) throw new Error('no end of the arguments');
  }
  tokens.shift();
  return args;
}

function isMark(tokens: readonly Token[], mark: string): boolean {
  return tokens[0]?.kind === 'mark' && tokens[0].text === mark;
}
