const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
const OWN_FETCH_SITES = new Set(['same-origin', 'none']);

/**
 * Whether a write comes from another site's page, by what the browser says of it (`Sec-Fetch-Site`); services refuse
 * the same. Whether its Origin is ours, Next checks before it runs a server action.
 */
export const isForeignWrite = (method: string, headers: Headers): boolean => {
  const site = headers.get('sec-fetch-site');
  return !SAFE_METHODS.has(method) && site !== null && !OWN_FETCH_SITES.has(site);
};
