import type { Seams } from '../support/simulatedAzure';

type Heard = {
  /** Each body as it is delivered. */
  readonly delivered: (body: string) => void;
  /** Each that the app has taken. */
  readonly taken: (body: string) => void;
  readonly isPoisoned: (text: string) => boolean;
};

/** The two doors for events, listened at. */
export function heardAt(
  seams: Seams,
  { delivered, taken, isPoisoned }: Heard,
): Pick<Seams, 'deliver' | 'queue'> {
  return {
    deliver: (deliver) => {
      const crossing = seams.deliver?.(deliver) ?? deliver;
      return async (request) => {
        const { body = '' } = request;
        if (request.method === 'POST') delivered(body);
        const answer = await crossing(request);
        if (answer.status >= 200 && answer.status < 300) taken(body);
        return answer;
      };
    },
    queue: (send) => {
      const crossing = seams.queue?.(send) ?? send;
      return async (text) => {
        delivered(text);
        await crossing(text);
        // What goes to the poisoned messages is kept there, and was never taken.
        if (!isPoisoned(text)) taken(text);
      };
    },
  };
}
