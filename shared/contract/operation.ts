import type * as z from 'zod';

/** What one operation of the API reads and answers: what OpenAPI is made of. */
export type Operation = {
  readonly summary: string;
  readonly body?: z.ZodType;
  readonly query?: z.ZodObject;
  /** Request headers beside the token, with what each is for. */
  readonly headers?: Readonly<
    Record<string, { readonly required: boolean; readonly what: string }>
  >;
  /** Answers that are no problem, by status; text where the schema is `text`. */
  readonly answers: Readonly<
    Record<
      string,
      {
        readonly what: string;
        readonly schema: z.ZodType | 'application/x-rdp' | 'application/jsonl' | 'text/csv';
        /** Other forms of the same, as text. */
        readonly texts?: readonly ('text/csv' | 'text/html')[];
      }
    >
  >;
  /** Statuses of problems, beside those that every operation may answer. */
  readonly problems: readonly (keyof typeof problemTexts)[];
};

/** What every operation may answer instead. */
export const everyProblem = [401, 403, 429, 503] as const;

/** What statuses of problems mean here; `code` says more. */
export const problemTexts = {
  400: 'Query, body or headers are not understood.',
  401: 'There is no valid token.',
  403: 'Not a person of the tenant, or policy refuses.',
  404: 'There is no such thing, or it is not yours.',
  409: 'Not in the state that it is in.',
  413: 'The body is larger than 64 KB.',
  422: 'Understood, and not possible as it was asked.',
  429: 'A limit is reached; Retry-After where waiting helps.',
  502: 'Azure refused.',
  503: 'Something that this needs cannot be reached, or is switched off.',
} as const;

/** For writes that need no key and take one. */
export const optionalKey = {
  'idempotency-key': {
    required: false,
    what: 'Your own key for this write: a repeat with it has no second effect.',
  },
} as const;
