/** As many as the service gives: few sellers ever see a second page. */
export const OWN_AT_ONCE = 100;

/** Of a page of one's own tickets, for the browser to ask. */
export const ownPath = (cursor: string | undefined): string =>
  `/api/tickets?${new URLSearchParams({
    userId: 'me',
    limit: String(OWN_AT_ONCE),
    ...(cursor === undefined ? {} : { cursor }),
  })}`;
