import type { Answer } from './pipeline';

/**
 * Remembers what the last answer about each thing was read as, so that the same text is not parsed
 * again: an NSG is read far more often than it changes. Nothing is assumed about the network; every
 * text still comes from an answer of its own. What is remembered must not be changed by anybody.
 */
export function rememberParsed<Value>(
  parse: (answer: Answer) => Value,
): (key: string, answer: Answer) => Value {
  const known = new Map<string, { readonly body: string; readonly value: Value }>();
  return (key, answer) => {
    const { body } = answer;
    const last = known.get(key);
    if (last?.body === body) return last.value;
    const value = parse(answer);
    // The oldest go first; a text too long to be kept is parsed each time.
    known.delete(key);
    if (body.length > bodyMax) return value;
    if (known.size >= keptMax) known.delete(known.keys().next().value ?? key);
    known.set(key, { body, value });
    return value;
  };
}

/** At most 25 million characters together. */
const keptMax = 250;
const bodyMax = 100_000;
