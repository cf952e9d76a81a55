/** What people say to each other. */
const count = (many: number, one: string, more: string): string =>
  `${many.toLocaleString('en-US')} ${many === 1 ? one : more}`;

export const community = {
  title: 'Community',
  description: 'Who goes, who was there, and what it was like.',
  tabs: { label: 'Whose posts', everybody: 'Everybody', following: 'People I follow' },
  about: (title: string) => `About ${title}`,
  aboutSomething: 'About a ticket',
  away: { title: 'Nobody answers', text: 'What people say is away for the moment. The shop is open.' },
  backToNewest: 'Back to the newest',

  write: {
    label: 'What do you want to say?',
    example: 'Who goes? Who was there?',
    about: 'About',
    aboutNothing: 'nothing in particular',
    submit: 'Post',
    pending: 'Posting…',
    signIn: 'Sign in to write',
    left: (many: number) =>
      many < 0
        ? `${Math.abs(many).toLocaleString('en-US')} too many`
        : `${many.toLocaleString('en-US')} left`,
    /** To who does not see it. */
    leftSaid: (many: number) =>
      many < 0 ? 'Too many characters' : `${count(many, 'character', 'characters')} left`,
  },
  pass: {
    label: 'You',
    profile: 'My profile',
    edit: 'Edit',
    without: 'Your pass is blank',
    withoutText: 'With your first post you get one, with a mark of your own.',
    make: 'Say who you are',
    visitor: 'Who are you?',
    visitorText: 'Everybody can read. Who signs in can write, too.',
    rules: 'A post can be changed for 15 minutes, and deleted always. Nobody sees your email address.',
  },
  post: {
    by: (name: string) => `Post by ${name}`,
    like: 'Like',
    liked: 'Liked',
    /** What is liked, for who does not see it. */
    ofPost: (name: string) => `post by ${name}`,
    ofComment: (name: string) => `comment by ${name}`,
    likes: (many: number) => (many === 1 ? 'like' : 'likes'),
    comment: 'Comment',
    comments: (many: number) => count(many, 'comment', 'comments'),
    report: 'Report',
    edited: 'edited',
    change: 'Edit or delete',
    ticket: 'About the ticket',
  },
  own: {
    edit: 'Edit',
    editLabel: 'Your post',
    save: 'Save',
    saving: 'Saving…',
    /** The time follows. */
    until: 'You can change it until',
    delete: 'Delete',
    deletePost: 'It goes for good, with the comments beneath it.',
    deleteComment: 'It goes for good.',
    deleteIt: 'Yes, delete it',
    deleting: 'Deleting…',
  },
  thread: {
    title: 'Comments',
    label: 'Your comment',
    submit: 'Comment',
    pending: 'Sending…',
    signIn: 'Sign in to comment',
    none: 'No comments yet.',
    away: 'Comments are not available.',
  },
  list: {
    older: 'Older',
    loading: 'On their way…',
    newest: 'Back to the newest',
    failed: 'The older ones did not come. Try again.',
    later: 'Later comments',
    first: 'Back to the first',
    laterFailed: 'The later ones did not come. Try again.',
    end: 'There is nothing older.',
    endOfThread: 'There is nothing later.',
  },
  empty: {
    everybody: { title: 'Nothing said yet', text: 'Say who you go to hear, or what it was like.' },
    ticket: { title: 'Nothing said yet', text: 'Be the first to say something about it.' },
    following: {
      title: 'Nobody yet',
      text: 'Follow somebody, and what they write is kept here.',
      verb: 'See everybody',
    },
  },
  /** On the page of a ticket. */
  onTicket: {
    title: 'What people say',
    none: 'Nobody has said anything yet. Who goes? Who was there?',
    write: 'Write about it',
    all: 'Everything about it',
    away: 'Posts are not available.',
  },
  said: {
    posted: 'Posted.',
    saved: 'Saved.',
    deleted: 'Deleted.',
    commented: 'Your comment is there.',
    commentedAtTheEnd: 'Your comment is there, at the end.',
  },
  notFound: { title: 'No such post', text: 'It was deleted, or the link is wrong.', verb: 'See what is new' },
  refused: {
    post: 'Needs 1 to 1,000 characters that one can read.',
    comment: 'Needs 1 to 500 characters that one can read.',
    signIn: 'Sign in',
    tooManyPosts: (wait: string) => `You have posted a lot. You can post again in ${wait}.`,
    tooManyComments: (wait: string) => `You have commented a lot. You can comment again in ${wait}.`,
    tooManyLikes: (wait: string) => `That were many likes. Try again in ${wait}.`,
    tooManyChanges: (wait: string) => `You have changed a lot. Try again in ${wait}.`,
    tooLate: 'Its 15 minutes are over. It stays as it was.',
    gone: 'This is gone by now.',
    hidden: 'Your profile was hidden by an operator. Until it is back, you cannot take part.',
    notYours: 'This is not yours.',
    sentBefore: 'This form has been sent already. Press once more to send this as well.',
  },
};
