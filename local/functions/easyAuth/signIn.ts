import { z } from 'zod';

/** One call of sign-in, by whatever way it is reached. A form makes it a POST. */
export type SignIn = (
  url: string,
  form?: Readonly<Record<string, string>>,
) => Promise<{ status: number; body: string }>;

/** Sign-in could not be asked, or answered with something else than it should. */
export class SignInFailed extends Error {}

/** What an answer of sign-in says. Throws SignInFailed when it says no, or something else. */
export async function said<T>(
  schema: z.ZodType<T>,
  [url, form]: Parameters<SignIn>,
  signIn: SignIn,
): Promise<T> {
  const { status, body } = await signIn(url, form);
  if (status !== 200) throw new SignInFailed(`${url} answered ${status}.`);
  const { data } = z.preprocess(parsedJson, schema).safeParse(body);
  if (data === undefined) throw new SignInFailed(`${url} answered something else.`);
  return data;
}

function parsedJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}

/** Sign-in over the network, where the process trusts its certificate. */
export const overNetwork: SignIn = async (url, form) => {
  try {
    const answer = await fetch(url, {
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
      redirect: 'error',
      signal: AbortSignal.timeout(10_000),
    });
    return { status: answer.status, body: await answer.text() };
  } catch (error) {
    throw new SignInFailed(`No answer from ${url}.`, { cause: error });
  }
};
