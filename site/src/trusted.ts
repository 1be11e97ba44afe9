// Addresses from which this site starts scripts. Browsers that know Trusted
// Types take them only from a policy that the site's headers name, so that no
// text of anybody's can become a script.

interface Rules {
  createScriptURL(url: string): string;
}

/** Returns the address in the form that the browser demands. The policy makes this address only, and each is made once. */
export function trusted(policy: 'ksbb-pekerja' | 'ksbb-luring', address: string): string {
  const types = (globalThis as { trustedTypes?: { createPolicy(name: string, rules: Rules): Rules } }).trustedTypes;
  return types ? types.createPolicy(policy, { createScriptURL: () => address }).createScriptURL('') : address;
}
