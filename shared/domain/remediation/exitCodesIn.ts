/**
 * Exit codes named in a message of a VM extension, as signed 32-bit numbers, in the order in which
 * they stand there and each once. Messages are whatever a machine wrote: `Exit code: -2145648574`,
 * `exited with exit status 51`, `0x801c0021`, the same unsigned, dashes that are no hyphens. Small
 * numbers count only after words that say what they are; what has the form of an HRESULT of device
 * registration (0x801Cxxxx) counts wherever it stands.
 */
export function exitCodesIn(message: string): number[] {
  const text = message.slice(0, lengthMax).replaceAll(/[\u2010-\u2015\u2212]/g, '-');
  const found = [...text.matchAll(numberForm)].flatMap((match) => {
    const code = signed(match[2] ?? '');
    if (code === null) return [];
    return match[1] !== undefined || isRegistration(code) ? [code] : [];
  });
  return [...new Set(found)];
}

/** Handlers' messages have been seen with a few thousand characters. */
const lengthMax = 20_000;

/** Words that make an exit code of the number behind: `Exit code: '`, `exited with status `. */
const words = /exit(?:ed)?[ _-]?(?:code|status|with)(?: (?:of|is|code|status))?[\s:='"(]{0,4}/;
/** Not part of a word, a version or another number. */
const number = /(?<![\w.-])(-?(?:0x[0-9a-f]{1,8}|\d{1,10}))(?!\w|\.\d)/;
const numberForm = new RegExp(`(${words.source})?${number.source}`, 'gi');

/** A 32-bit number, whichever way it was written. `null`: it has more than 32 bits. */
function signed(text: string): number | null {
  const value = text.startsWith('-') ? -Number(text.slice(1)) : Number(text);
  return value >= -(2 ** 31) && value < 2 ** 32 ? value | 0 : null;
}

function isRegistration(code: number): boolean {
  return code >>> 16 === 0x801c;
}
