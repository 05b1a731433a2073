import type { AccessToken, SignIn } from './surroundings';

/**
 * Signs in as whoever `az login` signed in, or, if wished, by a code on another device. The library
 * is loaded only now: most of a short command's time would go into it.
 */
export const signInWithAzure: SignIn = async (scope, how): Promise<AccessToken> => {
  const { deviceCode, say, interrupt } = how;
  const { AzureCliCredential, ChainedTokenCredential, DeviceCodeCredential } =
    await import('@azure/identity');
  const byCode = deviceCode
    ? [new DeviceCodeCredential({ userPromptCallback: ({ message }) => say(message) })]
    : [];
  return new ChainedTokenCredential(new AzureCliCredential(), ...byCode).getToken(scope, {
    abortSignal: interrupt,
  });
};
