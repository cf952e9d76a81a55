/** What stands on every page. */
export const shop = {
  name: 'ticketing.dev',
  description: 'Tickets from people, for people. Reserve one, and it is yours for 15 minutes while you pay.',
  skip: 'Skip to content',
  nav: {
    label: 'Main',
    tickets: 'Tickets',
    orders: 'My orders',
    mine: 'My tickets',
    sell: 'Sell a ticket',
    sellShort: 'Sell',
    signIn: 'Sign in',
    signUp: 'Sign up',
    signOut: 'Sign out',
    account: 'Account',
    signedInAs: (email: string) => `Signed in as ${email}`,
  },
  error: {
    title: 'Something tore',
    text: 'The shop did not answer. Nothing was lost.',
    again: 'Try again',
    busy: 'Many people are here right now. Try again in a moment.',
  },
  notFound: {
    title: 'No such ticket',
    text: 'It was withdrawn, or the link is wrong.',
    verb: 'See what is on sale',
  },
  notYours: {
    title: 'Not yours',
    text: 'This belongs to another account.',
    verb: 'See what is on sale',
  },
  ticketNumber: (id: string) => `No. ${id.slice(-6)}`,
};
