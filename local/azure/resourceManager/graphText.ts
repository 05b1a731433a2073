/** Takes the backslashes of a KQL text away. */
export function unescaped(text: string): string {
  return text.replace(/\\(.)/g, '$1');
}

/** The texts of `column in~ ('…', '…')`, in lower case; `undefined` where there is no such list. */
export function listAfter(column: string, query: string): ReadonlySet<string> | undefined {
  const text = String.raw`'(?:[^'\\]|\\.)*'`;
  const form = new RegExp(String.raw`\b${column}\s+in~\s*\(((?:\s*${text}\s*,?)*)\s*\)`);
  const list = form.exec(query)?.[1];
  if (list === undefined) return undefined;
  const texts = [...list.matchAll(/'((?:[^'\\]|\\.)*)'/g)];
  return new Set(texts.map(([, inner = '']) => unescaped(inner).toLowerCase()));
}
