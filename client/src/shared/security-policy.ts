/** What Stripe's own script needs, where it is Stripe that takes the cards. */
const STRIPE = {
  script: 'https://js.stripe.com',
  frame: 'https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com',
  connect: 'https://api.stripe.com',
};

export interface PolicyOptions {
  readonly nonce: string;
  /** Stripe itself takes the cards, not its stand-in behind our own origin. */
  readonly stripe: boolean;
  /** `next dev`, whose reloading evaluates code and opens a socket. */
  readonly development: boolean;
}

/**
 * The Content-Security-Policy of every page: scripts and styles with this answer's nonce and nothing else, no style
 * attributes, no other host but Stripe's where its key is set.
 */
export const contentSecurityPolicy = ({ nonce, stripe, development }: PolicyOptions): string =>
  [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${stripe ? ` ${STRIPE.script}` : ''}${development ? " 'unsafe-eval'" : ''}`,
    development ? "style-src 'self' 'unsafe-inline'" : `style-src 'self' 'nonce-${nonce}'`,
    `connect-src 'self'${stripe ? ` ${STRIPE.connect}` : ''}${development ? ' ws:' : ''}`,
    `frame-src ${stripe ? STRIPE.frame : "'none'"}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
