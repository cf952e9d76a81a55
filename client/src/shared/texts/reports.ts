/** Telling the operators of what should not be here. */
export const reports = {
  title: {
    post: 'Report a post',
    comment: 'Report a comment',
    person: (handle: string) => `Report @${handle}`,
  },
  text: 'An operator looks at it. Nobody else hears who reported it.',
  reason: 'What is wrong with it?',
  reasons: {
    spam: 'Spam: it advertises, or repeats itself',
    abuse: 'Abuse: it insults, threatens or harasses',
    fraud: 'Fraud: it cheats, or passes for somebody else',
    illegal: 'It breaks the law',
    other: 'Something else',
  },
  more: 'What an operator should know',
  optional: 'if you like',
  submit: 'Report',
  pending: 'Reporting…',
  back: 'Leave it',
  thanks: { title: 'Thank you', text: 'An operator will look at it.', verb: 'Go back' },
  errors: {
    reason: 'Choose what is wrong.',
    text: 'Has at most 500 characters that one can read.',
    gone: 'It is not there any more, so there is nothing to report.',
    signIn: 'Sign in',
  },
  notFound: { title: 'Nothing to report', text: 'The link is wrong, or old.' },
};
