import { LineCounter, isAlias, isMap, isNode, isPair, isScalar, parseDocument, visit } from 'yaml';
import type { Document, Node, Pair } from 'yaml';
import type { PathFault, PolicyFault } from './policyFault';

/** A YAML text as plain data, and where in the text each part stands. */
export type YamlSource = {
  readonly value: unknown;
  /** Puts a fault that knows its path where it stands in the text. */
  place(fault: PathFault): PolicyFault;
};

const lengthMax = 256 * 1_024;
/** More brackets and dashes in a row than any policy needs; the parser recurses on each. */
const depthForm = /(?:[[{]\s*|-\s+){60}/;

/** Parses YAML 1.2. Aliases are refused: a fault inside one would have two places. */
export function readYaml(text: string): YamlSource | { readonly faults: readonly PolicyFault[] } {
  const first = { line: 1, column: 1 };
  if (text.length > lengthMax) {
    return { faults: [{ ...first, code: 'tooLarge', message: 'The file is over 256 KiB.' }] };
  }
  if (depthForm.test(text)) {
    return { faults: [{ ...first, code: 'yamlSyntax', message: 'It is nested too deeply.' }] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const faults = [...document.errors, ...document.warnings].map((error): PolicyFault => ({
    ...at(error.pos[0]),
    code: error.code === 'DUPLICATE_KEY' ? 'duplicateKey' : 'yamlSyntax',
    message: error.message.replaceAll(/\s+/g, ' '),
  }));
  visit(document, {
    Alias: (_key, { range, source }) => {
      const message = `Write out what *${source} stands for.`;
      faults.push({ ...at(range?.[0] ?? 0), code: 'alias', message });
    },
  });
  if (faults.length > 0) return { faults };
  if (document.contents === null) {
    return { faults: [{ ...first, code: 'emptyFile', message: 'The file holds no policy.' }] };
  }
  return {
    value: document.toJS(),
    place: ({ path, atKey, code, message }) => ({
      ...at(offsetOf(document, path, atKey === true)),
      code,
      message,
    }),
  };
}

/** The fault of something that is not there stands at the nearest thing around it. */
function offsetOf(document: Document, path: readonly (string | number)[], atKey: boolean): number {
  if (atKey) {
    const parent: unknown = document.getIn(path.slice(0, -1), true);
    const key = isMap(parent) ? keyIn(parent.items, path.at(-1)) : null;
    if (key !== null) return startOf(key);
  }
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && !isAlias(node)) return startOf(node);
  }
  return startOf(document.contents);
}

function keyIn(items: readonly unknown[], name: string | number | undefined): Node | null {
  const pair = items.find(
    (item): item is Pair<Node> =>
      isPair(item) && isScalar(item.key) && String(item.key.value) === String(name),
  );
  return pair?.key ?? null;
}

function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}
