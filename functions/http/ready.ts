import type { HttpHandler } from '@azure/functions';
import { type Parts, readyAnswer } from './healthAnswer';

/**
 * `GET /api/ready`: what health says, in one word, for probes that hold no key. Which part is red,
 * and why, is nobody's business who has none.
 */
export function ready(parts: () => Promise<Parts>): HttpHandler {
  return async () => readyAnswer(await parts());
}
