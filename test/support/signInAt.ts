import type { Login } from '../../local/azure/login/createLogin';
import type { SignIn } from '../../local/functions';

/** Sign-in of a local Azure in this process, as a Functions host asks it. */
export function signInAt({ handle }: Pick<Login, 'handle'>): SignIn {
  return async (url, form) => {
    const answer = await handle({
      method: form === undefined ? 'GET' : 'POST',
      url,
      headers: {},
      ...(form === undefined ? {} : { body: new URLSearchParams(form).toString() }),
    });
    return { status: answer?.status ?? 404, body: answer?.body ?? '' };
  };
}
