import type { PipelineRequestOptions } from '@azure/core-rest-pipeline';
import {
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
} from '@azure/core-rest-pipeline';
import type { Arm } from './arm';
import { read } from './arm';
import type { Answer } from './pipeline';

/** Each is one request; `null` for a 404 of Resource Manager. Throws `Fault` like `read`. */
export type PlainRequests = {
  readonly get: (doing: string, url: string) => Promise<Answer | null>;
  /** A question that is asked by POST and changes nothing; `body` as JSON. */
  readonly ask: (doing: string, url: string, body: unknown) => Promise<Answer | null>;
};

/** What is not worth a client of its own: a bare pipeline, with the rules of every other. */
export function createPlainRequests(arm: Arm): PlainRequests {
  const httpClient = arm.httpClient ?? createDefaultHttpClient();
  const { pipeline } = arm.governed({ pipeline: createEmptyPipeline() });
  const send = (doing: string, request: PipelineRequestOptions): Promise<Answer | null> =>
    read(doing, ({ abortSignal }) =>
      pipeline.sendRequest(httpClient, createPipelineRequest({ ...request, abortSignal })),
    );
  return {
    get: (doing, url) =>
      send(doing, { url, method: 'GET', headers: createHttpHeaders({ accept: json }) }),
    ask: (doing, url, body) =>
      send(doing, {
        url,
        method: 'POST',
        headers: createHttpHeaders({ accept: json, 'content-type': `${json}; charset=utf-8` }),
        body: JSON.stringify(body),
      }),
  };
}

const json = 'application/json';
