/** What people report to the operators. */
export const reasons = ['spam', 'abuse', 'fraud', 'illegal', 'other'] as const;
export type Reason = (typeof reasons)[number];

/** What can be reported, and hidden. */
export const kinds = ['post', 'comment', 'profile'] as const;
export type Kind = (typeof kinds)[number];

/** A post, a comment or a profile, by its id. */
export interface Thing {
  readonly kind: Kind;
  readonly id: string;
}

export interface Report extends Thing {
  readonly by: string;
  readonly reason: Reason;
  readonly text?: string | undefined;
  /** What stood there when it was reported: it may be edited or deleted before an operator looks. */
  readonly said: string;
  readonly at: Date;
}
