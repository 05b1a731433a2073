import {
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
} from '@azure/core-rest-pipeline';
import type { Arm } from './arm';
import { read } from './arm';
import type { Answer } from './pipeline';

/** One GET of a URL; `null` for a 404 of Resource Manager. Throws `Fault` like `read`. */
export type PlainGet = (doing: string, url: string) => Promise<Answer | null>;

/** GETs that are not worth a client of their own: a bare pipeline, with the rules of every other. */
export function createPlainGet(arm: Arm): PlainGet {
  const httpClient = arm.httpClient ?? createDefaultHttpClient();
  const { pipeline } = arm.governed({ pipeline: createEmptyPipeline() });
  return (doing, url) =>
    read(doing, ({ abortSignal }) =>
      pipeline.sendRequest(
        httpClient,
        createPipelineRequest({
          url,
          method: 'GET',
          headers: createHttpHeaders({ accept: 'application/json' }),
          abortSignal,
        }),
      ),
    );
}
