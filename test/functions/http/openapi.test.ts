import { Validator } from '@seriousme/openapi-schema-validator';
import { openapi } from '../../../functions/http/openapi';
import { routes } from '../../../functions/http/routes';
import { operations } from '../../../shared/contract/operations';
import type { HttpResponseInit } from '@azure/functions';

describe('GET /api/openapi.json', () => {
  const answer = openapi()({} as never, {} as never) as HttpResponseInit;

  it('is OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(answer.jsonBody as Record<string, unknown>);
    expect([valid, errors]).toEqual([true, undefined]);
    expect(validator.version).toBe('3.1');
  });

  it('speaks of every route, and of nothing else', () => {
    expect(Object.keys(operations).sort()).toEqual(routes.map(({ name }) => name).sort());
  });

  it('refers to nothing that it does not hold', () => {
    const text = JSON.stringify(answer.jsonBody);
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to);
    expect(new Set(references)).toEqual(new Set(['#/components/schemas/Problem']));
    expect(text).not.toMatch(/\$defs|\$schema/);
  });
});
