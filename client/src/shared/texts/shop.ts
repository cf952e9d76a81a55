/** What stands on every page. */
export const shop = {
  name: 'ticketing.dev',
  description: 'Tickets from people, for people. Reserve one, and it is yours while you pay.',
  skip: 'Skip to content',
  nav: {
    label: 'Main',
    tickets: 'Tickets',
    community: 'Community',
    orders: 'My orders',
    mine: 'My tickets',
    sell: 'Sell a ticket',
    sellShort: 'Sell',
    profile: 'Profile',
    signIn: 'Sign in',
    signOut: 'Sign out',
    signedInAs: (email: string) => `Signed in as ${email}`,
  },
  error: {
    title: 'Something tore',
    text: 'The shop did not answer. Nothing was lost.',
    again: 'Try again',
    busy: 'Many people are here right now. Try again in a moment.',
  },
  /** Of what is looked after while one reads it. */
  notUpToDate: 'No answer. What you see may be old.',
  /** How long ago something was. */
  ago: {
    now: 'now',
    minutes: (count: number) => `${count} min`,
    hours: (count: number) => `${count} h`,
    yesterday: 'yesterday',
  },
  notFound: { title: 'Nothing here', text: 'The link is wrong, or old.' },
  /** Where one goes on from what is not to be had. */
  toTheShop: 'See what is on sale',
  ticketNumber: (id: string) => `No. ${id.slice(-6)}`,
};
