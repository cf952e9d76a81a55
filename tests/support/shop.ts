/** People at the shop: what the browser would send, over HTTP alone, to whatever system it is. */
import { randomUUID } from 'node:crypto';

export interface Answer<B> {
  readonly status: number;
  readonly body: B;
  readonly headers: Headers;
}

export interface Errors {
  readonly errors?: readonly { readonly message: string; readonly field?: string; readonly code?: string }[];
}

export interface Ticket extends Errors {
  readonly id: string;
  readonly title: string;
  readonly price: number;
  readonly currency: string;
  readonly userId: string;
  readonly version: number;
  readonly status: 'on sale' | 'reserved' | 'sold' | 'withdrawn';
  readonly orderId?: string;
  readonly startsAt?: string;
  readonly place?: string;
}

export interface Order extends Errors {
  readonly id: string;
  readonly userId: string;
  readonly status: 'awaiting payment' | 'completed' | 'cancelled';
  readonly expiresAt: string;
  readonly version: number;
  readonly reason?: string;
  readonly ticket: Pick<Ticket, 'id' | 'title' | 'price' | 'currency' | 'startsAt' | 'place'>;
}

export interface Payment extends Errors {
  readonly id: string;
  readonly status: string;
  readonly clientSecret?: string;
}

export interface Post extends Errors {
  readonly id: string;
  readonly author: { readonly userId: string; readonly handle: string; readonly name: string };
  readonly text: string;
  readonly ticketId?: string;
  readonly likes: number;
  readonly likedByMe: boolean;
  readonly comments: number;
}

export type Comment = Omit<Post, 'ticketId' | 'comments'> & { readonly postId: string };

/** Of everybody here. */
export const PASSWORD = 'a quiet seat by the window';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

const sessionOf = (headers: Headers): string | undefined =>
  headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0] ?? '')
    .find((pair) => /^(__Host-)?session=/.test(pair));

/** Somebody at the shop, signed in or not. */
export class Person {
  readonly baseUrl: string;
  readonly email: string;
  /** How long an answer is waited for, in milliseconds; without it, as long as fetch does. */
  readonly patienceMs: number | undefined;
  cookie: string | undefined;

  constructor(
    baseUrl: string,
    { email = `${randomUUID()}@example.com`, patienceMs }: { email?: string; patienceMs?: number } = {},
  ) {
    this.baseUrl = baseUrl;
    this.email = email;
    this.patienceMs = patienceMs;
  }

  async ask<B>(
    method: Method,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<B>> {
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(this.cookie === undefined ? {} : { Cookie: this.cookie }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(this.patienceMs === undefined ? {} : { signal: AbortSignal.timeout(this.patienceMs) }),
    });
    this.cookie = sessionOf(response.headers) ?? this.cookie;
    const text = await response.text();
    return {
      status: response.status,
      body: (text === '' ? undefined : JSON.parse(text)) as B,
      headers: response.headers,
    };
  }

  signUp = (password = PASSWORD) =>
    this.ask<{ id: string; email: string } & Errors>('POST', '/api/users/signup', {
      email: this.email,
      password,
    });
  sell = (ticket: object = {}, headers?: Record<string, string>) =>
    this.ask<Ticket>('POST', '/api/tickets', { title: 'Nils Frahm', price: 48, ...ticket }, headers);
  edit = (id: string, ticket: object) => this.ask<Ticket>('PUT', `/api/tickets/${id}`, ticket);
  withdraw = (id: string) => this.ask<Errors | undefined>('DELETE', `/api/tickets/${id}`);
  ticket = (id: string) => this.ask<Ticket>('GET', `/api/tickets/${id}`);
  tickets = (query = '') => this.ask<Ticket[]>('GET', `/api/tickets${query}`);
  reserve = (ticketId: string, headers?: Record<string, string>) =>
    this.ask<Order>('POST', '/api/orders', { ticketId }, headers);
  release = (orderId: string) => this.ask<Errors | undefined>('DELETE', `/api/orders/${orderId}`);
  order = (id: string) => this.ask<Order>('GET', `/api/orders/${id}`);
  orders = (query = '') => this.ask<Order[]>('GET', `/api/orders${query}`);
  pay = (orderId: string, token = 'tok_visa', headers?: Record<string, string>) =>
    this.ask<Payment>('POST', '/api/payments', { orderId, token }, headers);
  payment = (id: string) => this.ask<Payment>('GET', `/api/payments/${id}`);
  /** After the bank's own check. */
  confirm = (paymentId: string) => this.ask<Payment>('POST', `/api/payments/${paymentId}/confirm`);
  /** Says who one is, under a handle of one's own. */
  introduce = (name: string, handle = `u${randomUUID().replaceAll('-', '').slice(0, 16)}`) =>
    this.ask<Errors & { readonly handle: string }>('PUT', '/api/profiles/me', { name, handle });
  post = (text: string, ticketId?: string) =>
    this.ask<Post>('POST', '/api/posts', ticketId === undefined ? { text } : { text, ticketId });
  comment = (postId: string, text: string) =>
    this.ask<Comment>('POST', `/api/posts/${postId}/comments`, { text });
  seePost = (id: string) => this.ask<Post>('GET', `/api/posts/${id}`);
  comments = (postId: string) => this.ask<Comment[]>('GET', `/api/posts/${postId}/comments`);
}

/** A new person, signed up. */
export const newPerson = async (
  baseUrl: string,
  options: ConstructorParameters<typeof Person>[1] = {},
): Promise<Person> => {
  const person = new Person(baseUrl, options);
  const { status } = await person.signUp();
  if (status !== 201) throw new Error(`signing up answered ${status}`);
  return person;
};

/** Everything a list has, page by page, as its Link headers lead. */
export const everyPage = async <T>(person: Person, path: string): Promise<T[]> => {
  const all: T[] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const page: Answer<T[]> = await person.ask('GET', next);
    if (page.status !== 200) throw new Error(`${next} answered ${page.status}`);
    all.push(...page.body);
    next = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
  }
  return all;
};
