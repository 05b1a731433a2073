/** What is wrong with a policy file, and where: lines and columns count from 1. */
export type PolicyFault = {
  readonly line: number;
  readonly column: number;
  readonly code: PolicyFaultCode;
  readonly message: string;
};

/** The same before it is known where in the text the path lies. */
export type PathFault = {
  readonly path: readonly (string | number)[];
  /** The fault is the key at the path's end, not its value. */
  readonly atKey?: boolean;
  readonly code: PolicyFaultCode;
  readonly message: string;
};

const codes = [
  // The text.
  'tooLarge',
  'yamlSyntax',
  'duplicateKey',
  'alias',
  'emptyFile',
  // The form.
  'unknownKey',
  'missingKey',
  'wrongType',
  'unknownValue',
  'outOfRange',
  // Single values.
  'durationSyntax',
  'roleUnknown',
  'scopeSyntax',
  'personSyntax',
  'groupSyntax',
  'nameSyntax',
  'portSyntax',
  'portsOverlap',
  'portsTooMany',
  'addressSyntax',
  'prefixTag',
  'prefixSyntax',
  'prefixHostBits',
  'prefixTooWide',
  'prefixForbidden',
  // What values mean together.
  'prefixOverlap',
  'tooManyAddresses',
  'noSources',
  'tooManySlots',
  'guardTooShort',
  'longestTooShort',
  'longerThanLongest',
  'bandReversed',
  'bandReserved',
  'duplicateName',
  'breakGlassTooLong',
  'notForThisKind',
  'rulesOverlap',
  'denyEverything',
  'noOperators',
  'exampleWrong',
] as const;

export type PolicyFaultCode = (typeof codes)[number];

/** Codes that a check inside the schema may carry. */
export function isPolicyFaultCode(text: unknown): text is PolicyFaultCode {
  return codes.some((code) => code === text);
}
