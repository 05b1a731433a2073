import type { HttpHandler } from '@azure/functions';
import { healthAnswer, type Parts } from './healthAnswer';

/**
 * `GET /api/health`: 200 while everything is in order, else 503 with what is not. A faulty opening
 * half makes it red although windows go on closing: somebody must see to it.
 */
export function health(parts: () => Promise<Parts>): HttpHandler {
  return async () => healthAnswer(await parts());
}
