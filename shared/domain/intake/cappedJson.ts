const depthMax = 24;

/**
 * Parses JSON that somebody else wrote, after a look at its size and depth: a text nested ten
 * thousand deep costs nothing to write and a stack to read. Never throws.
 */
export function parseCappedJson(
  text: string,
  lengthMax: number,
): { readonly value: unknown } | { readonly fault: 'tooLarge' | 'tooDeep' | 'notJson' } {
  if (text.length > lengthMax) return { fault: 'tooLarge' };
  if (depthOf(text) > depthMax) return { fault: 'tooDeep' };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { fault: 'notJson' };
  }
}

/** A property of the object's own, whatever stands on its prototype; `undefined` for anything else. */
export function own(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}

/** A text property of at most `lengthMax` characters; `''` for anything else. */
export function ownText(value: unknown, key: string, lengthMax: number): string {
  const found = own(value, key);
  return typeof found === 'string' && found.length <= lengthMax ? found : '';
}

/** The deepest nesting of brackets outside of strings. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (inString) {
      if (char === '\\') at += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') deepest = Math.max(deepest, ++depth);
    else if (char === '}' || char === ']') depth -= 1;
  }
  return deepest;
}
