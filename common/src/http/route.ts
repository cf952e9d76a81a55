import type { Request, Response } from 'express';

/**
 * One thing a request must pass, and what it adds to the command that the use case gets. Checks run from left to right,
 * so signing in stands before the body.
 */
export interface Check<C extends object = object> {
  /** @throws {Refusal} when the request does not pass */
  run(request: Request, response: Response): Promise<C> | C;
}

/** What several checks add together. */
export type Commands<Checks extends readonly Check[]> = Checks extends readonly [
  Check<infer C>,
  ...infer Rest extends readonly Check[],
]
  ? C & Commands<Rest>
  : unknown;

/** Tells the answer: a status for plain JSON, or a function that writes what a status cannot say (cookies, Link). */
export type Answer<R> = number | ((result: R, request: Request, response: Response) => void);

export type Method = 'get' | 'post' | 'put' | 'delete';

/** A row of a service's route table. */
export interface Route {
  readonly method: Method;
  /** As in Express: `/api/tickets/:id`. */
  readonly path: string;
  /** Does what is asked. @returns what then writes the answer */
  handle(request: Request, response: Response): Promise<() => void>;
}

const answerWith = (status: number, result: unknown, response: Response): void => {
  if (status === 204) response.status(204).end();
  else response.status(status).json(result);
};

const route =
  (method: Method) =>
  <const Checks extends readonly Check[], R>(
    path: string,
    checks: Checks,
    useCase: (command: Commands<Checks>) => Promise<R> | R,
    answer: Answer<R> = 200,
  ): Route => ({
    method,
    path,
    async handle(request, response) {
      const command = {};
      for (const check of checks) Object.assign(command, await check.run(request, response));
      const result = await useCase(command as Commands<Checks>);
      return () =>
        typeof answer === 'number' ? answerWith(answer, result, response) : answer(result, request, response);
    },
  });

/** `get('/api/orders/:id', [signedIn, id()], use.showOrder)` */
export const get = route('get');
/** `post('/api/orders', [signedIn, body({ ticketId: id() })], use.reserveTicket, 201)` */
export const post = route('post');
export const put = route('put');
export const del = route('delete');
