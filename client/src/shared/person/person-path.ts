/** The page of somebody's profile. */
export const personPath = (handle: string): string => `/people/${encodeURIComponent(handle)}`;

/** Where one makes and changes one's own. Nobody can be called so: a handle has three letters at least. */
export const OWN_PATH = '/people/me';
