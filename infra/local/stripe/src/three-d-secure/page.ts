import { inWords } from '../domain/money.ts';
import type { Intent, PaymentMethod } from '../domain/records.ts';

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const page = (title: string, content: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="stylesheet" href="style.css">
</head>
<body>
<main>
${content}
</main>
</body>
</html>
`;

const brands: Readonly<Record<string, string>> = {
  amex: 'American Express',
  diners: 'Diners Club',
  discover: 'Discover',
  jcb: 'JCB',
  mastercard: 'Mastercard',
  unionpay: 'UnionPay',
  visa: 'Visa',
};

/** The bank asks the holder of the card. `returnUrl` is kept by the form where the intent has none of its own. */
export const askingPage = (intent: Intent, method: PaymentMethod, returnUrl: string | undefined): string =>
  page(
    'Is this you? Your bank asks',
    `<h1>Is this you?</h1>
<p>Your bank asks before it lets ticketing.dev take</p>
<p class="amount">${escaped(inWords(intent.amount, intent.currency))} <abbr>${escaped(intent.currency.toUpperCase())}</abbr></p>
<p>from your ${brands[method.card.brand] ?? method.card.brand} that ends in <b>${escaped(method.card.last4)}</b>.</p>
<form method="post">
${returnUrl === undefined ? '' : `<input type="hidden" name="return_url" value="${escaped(returnUrl)}">`}
<button name="result" value="complete">Yes, pay</button>
<button name="result" value="fail" class="quiet">No, refuse</button>
</form>
<p class="note">A stand-in for the page of your bank, on this machine only. No money moves.</p>`,
  );

export const donePage = (succeeded: boolean): string =>
  page(
    succeeded ? 'Confirmed' : 'Refused',
    succeeded
      ? '<h1>Confirmed</h1>\n<p>Your bank knows it is you. Go back to the shop; it takes over from here.</p>'
      : '<h1>Refused</h1>\n<p>Nothing was taken. Go back to the shop to pay in another way.</p>',
  );

export const nothingToAskPage = (): string =>
  page(
    'Nothing to confirm',
    '<h1>Nothing to confirm</h1>\n<p>Your bank has its answer, or the payment was given up. Go back to the shop to see.</p>',
  );

/** Holes between the ticket and its stub; the fonts of the shop are not ours to serve. */
export const stylesheet = `:root { color-scheme: light dark; --counter: #dfe4e3; --ink: #14202b; --stock: #a9cbe0; --pay: #c8321a; }
@media (prefers-color-scheme: dark) { :root { --counter: #10161b; } }
* { box-sizing: border-box; margin: 0; }
body { min-height: 100vh; display: grid; place-items: center; padding: 20px; background: var(--counter); color: var(--ink);
  font: 16px/1.5 "Hanken Grotesk Variable", "Hanken Grotesk", system-ui, sans-serif; }
main { width: 100%; max-width: 400px; padding: 34px 28px; background: var(--stock); color: var(--ink);
  outline: 1px solid transparent; /* seen in forced colours, where the stock is not */ }
h1 { font: 750 34px/1.1 "Anybody Variable", Anybody, system-ui, sans-serif; margin-bottom: 16px; }
.amount { font: 600 34px/1.2 "Martian Mono Variable", ui-monospace, monospace; margin: 8px 0; }
.amount abbr { font-size: 16px; text-decoration: none; }
form { display: grid; gap: 12px; margin: 28px -28px 20px; padding: 28px 28px 0; border-top: 4px dotted var(--counter); }
button { min-height: 48px; padding: 12px 20px; border: 2px solid var(--pay); background: var(--pay); color: #fff;
  font: inherit; font-weight: 650; cursor: pointer; }
button.quiet { background: transparent; color: var(--ink); border-color: var(--ink); }
button:focus-visible { outline: 3px solid var(--ink); outline-offset: 3px; }
.note { font-size: 12px; }
`;
