import type { HttpHandler } from '@azure/functions';
import { openapiOf } from '../../shared/contract/openapi';
import { json } from './answer';
import { routes } from './routes';

/** `GET /api/openapi.json`: what the API reads and answers; nothing of anybody's stands in it. */
export function openapi(): HttpHandler {
  let document: object | null = null;
  return () => json((document ??= openapiOf(routes)));
}
