/** A call of the API, and what became of it, as whoever stands between caller and host sees it. */
export type Call = {
  readonly door:
    | 'requestWindow'
    | 'extendWindow'
    | 'closeWindow'
    | 'closeAllWindows'
    | 'listWindows'
    | 'getWindow';
  /** Whose token it has, by object id; '' where nobody's, or one that is not good. */
  readonly callerId: string;
  /** The whole window's id that the path names; '' for doors without one. */
  readonly windowId: string;
  /** The `Idempotency-Key`; '' where none is sent. */
  readonly key: string;
  readonly body: Readonly<Record<string, unknown>> | null;
  readonly isDry: boolean;
  /** The last hop, which is all that the platform knows of where it comes from. */
  readonly address: string;
  /** When a host began with it; `null`: none did. */
  arrivedMs: number | null;
  /** A process died between its arrival and its answer. */
  isOrphaned: boolean;
  answer: CallAnswer | null;
};

/** As the host gave it, whether or not it reached the caller. */
export type CallAnswer = {
  readonly atMs: number;
  readonly status: number;
  readonly contentType: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** What the API's own document does not say of it. */
  readonly strange: readonly string[];
};

/** Its answer says that it is done, or will be. */
export function isDone({ answer }: Pick<Call, 'answer'>): boolean {
  return answer !== null && answer.status < 300;
}

/** Refused before anything was done; a 409 may tell of something that came to nothing later. */
export function isRefused({ answer }: Pick<Call, 'answer'>): boolean {
  return answer !== null && [400, 401, 403, 404, 413, 422, 429].includes(answer.status);
}

/** How long what somebody asked for is to last, ms; our own reading of what the errands write. */
export function durationMsOf({ body }: Pick<Call, 'body'>): number {
  const [, count = '0', unit] = /^(\d+)([mh])$/.exec(String(body?.['duration'])) ?? [];
  return Number(count) * (unit === 'h' ? 3_600_000 : 60_000);
}
