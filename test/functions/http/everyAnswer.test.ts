import { refusalCodes } from '../../../shared/domain/refusal';
import { statusOf } from '../../../shared/contract/problem';
import { answerStage } from '../../support/answerStage';
import { documented } from '../../support/documented';
import {
  codeCases,
  ownAnswers,
  producing,
  refusedBy,
  requestedThen,
} from '../../support/everyAnswer';

/** Every answer that the OpenAPI document promises: operation, status, media type. */
const promised = [...documented].flatMap(([operation, { responses }]) =>
  Object.entries(responses).flatMap(([status, { content }]) =>
    Object.keys(content).map((media) => ({ operation, status, media })),
  ),
);

describe('every answer that is documented is given, by the door itself', () => {
  it.each(promised)('$operation $status $media', async ({ operation, status, media }) => {
    const produce = producing(operation, status, media);
    if (produce === undefined) throw new Error(`No test has ${operation} answer ${status}.`);
    const answer = await produce(await answerStage(), operation);
    // That its body is as documented is seen to at each call.
    const told = answer.headers['content-type']?.split(';')[0];
    expect([String(answer.status), told]).toEqual([status, media]);
  });

  it('and no case is left of one that is not documented', () => {
    const known = promised.flatMap(({ operation, status, media }) => [
      `${operation} ${status}`,
      `${operation} ${status} ${media}`,
    ]);
    expect(ownAnswers.filter((one) => !known.includes(one))).toEqual([]);
  });
});

describe('every code that is documented', () => {
  // That there is a case for each of them is a matter of the compiler.
  it.each(Object.entries(codeCases))(
    'is given by a door: %s',
    async (code, [operation, produce]) => {
      const { status, body } = await produce(await answerStage(), operation);
      expect([body['code'], body['status'], status]).toEqual([
        code,
        status,
        statusOf[code as never],
      ]);
    },
  );

  it.each(refusalCodes)('is given where a request was refused by it: %s', async (code) => {
    const answer = await requestedThen(refusedBy(code))(await answerStage(), 'requestWindow');
    expect([answer.status, answer.body['code']]).toEqual([statusOf[code], code]);
    expect(answer.body).toMatchObject({
      title: 'A rule that refused.',
      detail: 'The next step.',
    });
  });
});
