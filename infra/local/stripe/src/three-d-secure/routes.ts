import express, { type RequestHandler, type Response, Router } from 'express';
import { type Account, byItself } from '../account.ts';
import type { Intent } from '../domain/records.ts';
import { answerBank } from './answer-bank.ts';
import { askingPage, donePage, nothingToAskPage, stylesheet } from './page.ts';

const originOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).origin : undefined);

/**
 * The bank's own page (3-D Secure), as the holder's browser meets it. Its address is unguessable, so it needs no session;
 * no script, nothing from elsewhere, and it sends the browser only to where the shop has said, or within our own origin.
 */
export const threeDSecure = (account: Account): Router => {
  const { ledger, scene } = account;

  const asked = (authenticationId: string): Intent | undefined => {
    for (const intent of ledger.newestFirst('intents')) {
      if (intent.authentication?.id === authenticationId) return intent;
    }
    return undefined;
  };

  /** Where the shop wants the browser back: as the intent says, else what the shop's page has added to the address. */
  const returnUrlOf = (intent: Intent, given: unknown): string | undefined => {
    const fixed = intent.authentication?.returnUrl;
    if (typeof fixed === 'string') return fixed;
    if (typeof given !== 'string') return undefined;
    const url = URL.canParse(given, scene.publicBase) ? new URL(given, scene.publicBase).href : undefined;
    return url !== undefined && originOf(url) === originOf(scene.publicBase) ? url : undefined;
  };

  const html = (response: Response, status: number, content: string, formTargets: readonly string[] = []) => {
    response
      .status(status)
      .set({
        'Content-Security-Policy': [
          "default-src 'none'",
          "style-src 'self'",
          // Browsers hold the redirect that answers a form to this too.
          `form-action 'self' ${formTargets.join(' ')}`.trim(),
          "frame-ancestors 'self'",
          "base-uri 'none'",
        ].join('; '),
        'Cache-Control': 'no-store',
        'Referrer-Policy': 'no-referrer',
        'X-Content-Type-Options': 'nosniff',
      })
      .type('html')
      .send(content);
  };

  const ask: RequestHandler<{ id: string }> = (request, response) => {
    const intent = asked(request.params.id);
    const method =
      intent?.paymentMethodId == null ? undefined : ledger.find('paymentMethods', intent.paymentMethodId);
    if (intent === undefined || method === undefined) return html(response, 404, nothingToAskPage());
    const returnUrl = returnUrlOf(intent, request.query.return_url);
    const origin = returnUrl === undefined ? undefined : originOf(returnUrl);
    const isFixed = intent.authentication?.returnUrl != null;
    html(
      response,
      200,
      askingPage(intent, method, isFixed ? undefined : returnUrl),
      origin === undefined ? [] : [origin],
    );
  };

  const answer: RequestHandler<{ id: string }> = async (request, response) => {
    const form: Record<string, unknown> = { ...request.body };
    const intent = asked(request.params.id);
    if (intent === undefined) return html(response, 404, nothingToAskPage());
    if (form.result !== 'complete' && form.result !== 'fail') {
      return response.redirect(303, request.params.id);
    }
    const returnUrl = returnUrlOf(intent, form.return_url);
    const after = account.change(byItself, (books) => answerBank(books, intent, form.result === 'complete'));
    await ledger.settled();
    const succeeded = after.status === 'requires_capture' || after.status === 'succeeded';
    if (returnUrl === undefined) return html(response, 200, donePage(succeeded));
    const back = new URL(returnUrl);
    back.searchParams.set('payment_intent', intent.id);
    back.searchParams.set('payment_intent_client_secret', intent.clientSecret);
    back.searchParams.set('redirect_status', succeeded ? 'succeeded' : 'failed');
    response.set('Cache-Control', 'no-store').redirect(303, back.href);
  };

  const router = Router();
  router.get('/style.css', (_request, response) => {
    response.set({ 'Cache-Control': 'max-age=3600', 'X-Content-Type-Options': 'nosniff' });
    response.type('css').send(stylesheet);
  });
  router.get('/:id', ask);
  router.post('/:id', express.urlencoded({ extended: false, limit: '8kb' }), answer);
  return router;
};
