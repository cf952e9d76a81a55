/** What one has reserved, bought, and let go. */
export const orders = {
  title: 'My orders',
  /** As the services say it, and as it is shown. */
  number: (id: string) => `Order ${id.slice(-6)}`,
  awaiting: 'Awaiting payment',
  ended: 'Completed and cancelled',
  ordered: 'Ordered',
  more: 'Show more',
  loadingMore: 'Loading…',
  newest: 'Show the newest',
  payNow: 'Pay now',
  until: 'Yours until',
  empty: {
    title: 'No orders yet',
    text: 'What you reserve is held for you here while you pay.',
    verb: 'See what is on sale',
  },
  signedOut: 'You are signed out, so this may be old.',
  signIn: 'Sign in',
  notUpToDate: 'No answer from the shop; this may be a moment old.',

  order: {
    /** Of the browser’s tab. */
    title: 'Your order',
    timeLeft: 'Time left',
    yoursUntil: 'Yours until',
    lastMinute: 'Less than a minute left.',
    over: 'Time is up. One moment…',
    announce: { 300: '5 minutes left to pay.', 60: '1 minute left to pay.', 30: '30 seconds left to pay.' },
  },
  completed: {
    title: 'Yours',
    text: 'The ticket is paid.',
    paid: 'Paid',
    amount: 'Amount',
    order: 'Order',
    receiptUnderWay: 'The receipt is being written.',
    all: 'My orders',
  },
  cancelled: {
    released: { title: 'You let it go', text: 'Nothing was taken. The ticket is back on sale.' },
    expired: { title: 'Your time ran out', text: 'Nothing was taken. The ticket is back on sale.' },
    payment_failed: {
      title: 'The payment failed',
      text: 'Your bank said yes first, and no when the money was due. Nothing was taken. The ticket is back on sale.',
    },
    otherwise: { title: 'Cancelled', text: 'Nothing was taken. The ticket is back on sale.' },
    again: 'Reserve it again',
    others: 'See what is on sale',
  },
  release: {
    verb: 'Release ticket',
    question: 'Let it go? Somebody else can take it at once.',
    confirm: 'Yes, release it',
    pending: 'Releasing…',
    paid: 'It is paid by now, so it stays yours.',
  },
};
