import {
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
} from '@azure/core-rest-pipeline';
import { classify } from '../domain/classify';
import { Fault } from '../domain/fault';

/** Longer than this nobody waits for a channel. */
export const noticeMsMax = 10_000;

const doing = 'telling a notice';

/** Posts JSON. Throws `Fault` unless the answer is 2xx. */
export type NoticePost = (
  url: string,
  body: string,
  headers?: Readonly<Record<string, string>>,
) => Promise<void>;

/**
 * A bare pipeline: it follows no redirect, repeats nothing and logs nothing, for the URL itself may
 * be the secret. Of an answer only status, `Retry-After` and `Date` are looked at.
 */
export function createNoticePost(httpClient: HttpClient = createDefaultHttpClient()): NoticePost {
  const pipeline = createEmptyPipeline();
  return async (url, body, headers = {}) => {
    const { status, headers: answered } = await withinTime((abortSignal) =>
      pipeline.sendRequest(
        httpClient,
        createPipelineRequest({
          url,
          method: 'POST',
          headers: createHttpHeaders({
            'content-type': 'application/json; charset=utf-8',
            ...headers,
          }),
          body,
          abortSignal,
        }),
      ),
    );
    if (status < 200 || status > 299) throw refusedBy(status, answered.toJSON());
  };
}

/** The fault of a channel that said no. Its text is not read: nobody knows what stands in it. */
export function refusedBy(status: number, headers: Readonly<Record<string, string>>): Fault {
  return new Fault(classify({ status, headers, body: '' }), doing);
}

/** Runs one call within its time. Whatever it throws becomes a `Fault` that names no address. */
export async function withinTime<Value>(
  call: (abortSignal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Fault(classify({ errorCode: 'ETIMEDOUT' }), doing));
      abort.abort();
    }, noticeMsMax);
  });
  try {
    return await Promise.race([call(abort.signal), late]);
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault(classify({ errorCode: codeOf(error) }), doing);
  } finally {
    clearTimeout(timer);
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
