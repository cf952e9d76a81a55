/** What one has reserved, bought, and let go. */
export const orders = {
  title: 'My orders',
  number: (id: string) => `Order ${id.slice(-6)}`,
  /** As it is shown. */
  status: {
    'awaiting payment': 'awaiting payment',
    completed: 'completed',
    cancelled: 'cancelled',
  },
  awaiting: 'Awaiting payment',
  ended: 'Completed and cancelled',
  more: 'Show more',
  loadingMore: 'Loading…',
  newest: 'Show the newest',
  payNow: 'Pay now',
  until: 'Yours until',
  empty: {
    title: 'No orders yet',
    text: 'What you reserve is held for you here while you pay.',
  },
  notFound: { title: 'No such order', text: 'The link is wrong.', verb: 'My orders' },
  moreFailed: 'The older ones did not come. Try again.',

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
    paid: 'Paid',
    amount: 'Amount',
    order: 'Order',
    receiptUnderWay: 'The receipt is being written.',
    all: 'My orders',
  },
  cancelled: {
    released: { title: 'You let it go', text: 'Nothing was taken.' },
    expired: { title: 'Your time ran out', text: 'Nothing was taken.' },
    payment_failed: {
      title: 'The payment failed',
      text: 'Your bank said yes first, and no when the money was due. Nothing was taken.',
    },
    otherwise: { title: 'Cancelled', text: 'Nothing was taken.' },
    /** What became of the ticket, where it is known. */
    ticket: { free: 'The ticket is back on sale.', gone: 'The ticket is not on sale any more.' },
    again: 'Reserve it again',
  },
  release: {
    verb: 'Release ticket',
    question: 'Let it go? Somebody else can take it at once.',
    confirm: 'Yes, release it',
    pending: 'Releasing…',
    paid: 'It is paid by now, so it stays yours.',
  },
};
