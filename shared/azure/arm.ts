import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient, Pipeline } from '@azure/core-rest-pipeline';
import { bearerTokenAuthenticationPolicy } from '@azure/core-rest-pipeline';
import { classify } from '../domain/classify';
import { Fault } from '../domain/fault';
import type { Meter } from './meter';
import type { Answer } from './pipeline';
import { applyArmPolicy, createArmPolicy, Recorder } from './pipeline';

/** Where Resource Manager is and how its clients are built. */
export type Arm = {
  readonly endpoint: string;
  readonly credential: TokenCredential;
  readonly httpClient: HttpClient | undefined;
  /** Options for every generated client. */
  readonly clientOptions: {
    readonly endpoint: string;
    readonly retryOptions: { readonly maxRetries: 0 };
    readonly httpClient?: HttpClient;
  };
  /**
   * Puts the rules into a client just built, or into a bare pipeline, and hands it back.
   * `hasPages`: lists of this client are read, whose pages it finds by itself.
   */
  governed<Governed extends { readonly pipeline: Pipeline }>(
    governed: Governed,
    features?: { readonly hasPages: boolean },
  ): Governed;
};

/** What is known of Resource Manager: its endpoint without a trailing slash, and its audience. */
export type ArmPlace = { readonly endpoint: string; readonly audience: string };

/** Builds what all adapters of one Resource Manager share: one set of rules, one token. */
export function createArm(
  { endpoint, audience }: ArmPlace,
  credential: TokenCredential,
  meter: Meter,
  httpClient?: HttpClient,
): Arm {
  const rules = createArmPolicy(new URL(endpoint).origin, meter);
  const scopes = `${audience.replace(/\/$/, '')}/.default`;
  const addToken = bearerTokenAuthenticationPolicy({ credential, scopes });
  return {
    endpoint,
    credential,
    httpClient,
    clientOptions: {
      endpoint,
      retryOptions: { maxRetries: 0 },
      ...(httpClient === undefined ? {} : { httpClient }),
    },
    governed: (governed, { hasPages } = { hasPages: false }) => {
      applyArmPolicy(governed.pipeline, { rules, addToken }, hasPages);
      return governed;
    },
  };
}

/**
 * Answers are read by our own readers from what came over the wire: the clients' deserialisers let
 * wrong types through and take a missing list for an empty one.
 */
const requestOptions = { shouldDeserialize: false } as const;

/** What each call of a client must be given: without its recorder no request leaves. */
export type CallOptions = {
  readonly requestOptions: typeof requestOptions;
  readonly abortSignal: Recorder;
};

/**
 * One read. Resolves to the answer of status 200, or `null` for a 404 that Resource Manager itself
 * gave. Throws `Fault` for everything else.
 */
export async function read(
  doing: string,
  call: (options: CallOptions) => Promise<unknown>,
): Promise<Answer | null> {
  const recorder = new Recorder(false);
  const thrown = await caught(recorder, call);
  const answer = lastAnswer(recorder, thrown, doing);
  if (answer.status === 200) return answer;
  const facts = classify(answer);
  if (facts.kind === 'missing') return null;
  throw new Fault(facts, doing);
}

const acceptedStatuses = [200, 201, 202, 204];

/** One PUT or DELETE: exactly one request. Resolves to its 2xx answer; throws `Fault` for all others. */
export async function submit(
  doing: string,
  call: (options: CallOptions) => Promise<unknown>,
): Promise<Answer> {
  const answer = await trySubmit(doing, call);
  if (answer.isAccepted) return answer;
  throw new Fault(classify(answer), doing);
}

/** The same, and a refusal comes back as it came. Throws `Fault` only where no answer came. */
export async function trySubmit(
  doing: string,
  call: (options: CallOptions) => Promise<unknown>,
): Promise<Answer & { readonly isAccepted: boolean }> {
  const recorder = new Recorder(true);
  const thrown = await caught(recorder, call);
  const [accepted] = recorder.answers.filter(({ status }) => acceptedStatuses.includes(status));
  // What the SDK throws after that is about its poll, which was never sent.
  if (accepted !== undefined) return { ...accepted, isAccepted: true };
  return { ...lastAnswer(recorder, thrown, doing), isAccepted: false };
}

/** The first page of a list, like `read`; the client is not asked for a second one. */
export function readFirstPage(
  doing: string,
  pages: (options: CallOptions) => { next(): Promise<unknown> },
): Promise<Answer | null> {
  return read(doing, (asItCame) => pages(asItCame).next());
}

const pagesMax = 200;

/**
 * A paged list: `take` is given each page's answer, before the next page is asked for, and may say
 * that it has enough.
 */
export async function readPages(
  doing: string,
  pages: (options: CallOptions) => AsyncIterable<unknown>,
  take: (answer: Answer) => 'enough' | void,
): Promise<void> {
  const recorder = new Recorder(false);
  let taken = 0;
  const thrown = await caught(recorder, async (options) => {
    for await (const _page of pages(options)) {
      const answer = lastAnswer(recorder, null, doing);
      if (answer.status !== 200) throw new Fault(classify(answer), doing);
      if (take(answer) === 'enough') return;
      taken += 1;
      if (taken >= pagesMax) throw strangeAnswer('TooManyPages', doing);
    }
  });
  if (thrown === null) return;
  // What the client itself stumbled over was an answer, or the lack of one.
  lastAnswer(recorder, thrown, doing);
  throw strangeAnswer('StrangeAnswer', doing);
}

/** The JSON of an answer; throws `Fault` where it is none. */
export function jsonOf(answer: Answer, doing: string): unknown {
  try {
    return JSON.parse(answer.body);
  } catch {
    throw strangeAnswer('NotJson', doing);
  }
}

/** For an answer that Resource Manager would not give: nothing is concluded from it. */
export function strangeAnswer(code: string, doing: string): Fault {
  return new Fault({ kind: 'unavailable', code, status: 200, retryAfterMs: null }, doing);
}

/** Runs the call; what it throws comes back as a value, `null` where it succeeded. */
async function caught(
  recorder: Recorder,
  call: (options: CallOptions) => Promise<unknown>,
): Promise<unknown> {
  try {
    await call({ requestOptions, abortSignal: recorder });
    return null;
  } catch (error) {
    return error ?? new Error('Nothing was thrown.');
  }
}

function lastAnswer(recorder: Recorder, thrown: unknown, doing: string): Answer {
  if (thrown instanceof Fault) throw thrown;
  const answer = recorder.answers.at(-1);
  if (answer !== undefined && recorder.answers.length === recorder.sent) return answer;
  throw new Fault(classify({ errorCode: codeOf(thrown) }), doing);
}

function codeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'Unknown';
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code;
  return thrown.name;
}
