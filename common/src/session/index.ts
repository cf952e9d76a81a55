/** Who is asking: what use cases know of a session. This module knows no HTTP, so that they need not either. */
export interface SessionUser {
  readonly id: string;
  readonly email: string;
}
