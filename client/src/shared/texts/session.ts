/** Signing up, in and out; what forms say, and what belongs to somebody else. */
export const session = {
  signIn: {
    title: 'Sign in',
    submit: 'Sign in',
    pending: 'Signing in…',
    other: 'New here?',
    otherVerb: 'Sign up',
  },
  signUp: {
    title: 'Sign up',
    submit: 'Sign up',
    pending: 'Signing up…',
    other: 'Been here before?',
    otherVerb: 'Sign in',
  },
  email: 'Email',
  password: {
    label: 'Password',
    rules: '8 characters or more, and not one that everybody has.',
    show: 'Show',
    hide: 'Hide',
    showIt: 'Show password',
    hideIt: 'Hide password',
  },
  /** Under the title, where signing in is on the way to something else. */
  onTheWay: 'Then you are back where you were.',
  errors: {
    emailInUse: 'This email has an account already. Sign in with it, or take another.',
    invalidCredentials: 'Email and password do not match.',
    email: 'Write it like ada@example.com.',
    noEmail: 'Your email is missing.',
    password: 'Needs 8 to 128 characters.',
    noPassword: 'Your password is missing.',
    guessable: 'Too easy to guess. Choose one that nobody else has.',
  },
  /** On a page that was left open. */
  signedOut: 'You are signed out, so this may be old.',
  /** Of any form. */
  refused: {
    tooMany: (wait: string) => `Too many tries. Try again in ${wait}.`,
    notSignedIn: 'You are not signed in any more. Nothing was lost: sign in, and press again.',
    httpsRequired: 'This needs https. Open the page with https:// and try again.',
    crossSite: 'This came from another site. Open the page by its own address and try again.',
    noAnswer: 'The shop did not answer. Nothing you typed was lost. Try again.',
  },
  notYours: {
    title: 'Not yours',
    text: (email: string) => `This belongs to another account than ${email}.`,
    textOfNobody: 'This belongs to another account.',
    signInAsOther: 'Sign in as somebody else',
  },
};
