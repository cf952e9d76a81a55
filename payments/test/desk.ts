/**
 * One attempt and its drivers, without the service around them: each driver is a process of its own as far as the
 * protocol goes, and can be held at any step while others go on.
 */
import { systemClock } from '@ticketing/common/clock';
import type { OrderState } from '@ticketing/common/events';
import { BusUnavailable } from '@ticketing/common/messaging';
import { createRelay } from '@ticketing/common/outbox';
import { createLogger } from '@ticketing/common/service';
import { anOrderState, newId, testDatabase } from '@ticketing/common/testing';
import { startStandIn } from '@ticketing/stripe-stand-in';
import mongoose from 'mongoose';
import Stripe from 'stripe';
import { begin, type Payment } from '../src/payment.ts';
import { openOrderReplica } from '../src/store/orders.ts';
import { openPaymentStore } from '../src/store/payments.ts';
import { connectStripe } from '../src/stripe/connect-stripe.ts';
import type { IntentStatus, StripePort } from '../src/stripe/stripe-port.ts';
import { drivePayment } from '../src/use-cases/drive-payment.ts';

export interface Driver {
  /** Drives the attempt until nothing is left to do by now. */
  drive(): Promise<Payment | undefined>;
  /**
   * Drives it up to this step, and stays there with what it knows, while others go on.
   * @returns what lets it go on, to its end
   */
  holdAt(step: string): Promise<() => Promise<Payment | undefined>>;
}

/** Something to wait for, until somebody says that it is here. */
export const aMoment = () => {
  let comes = () => {};
  const come = new Promise<void>((resolve) => {
    comes = resolve;
  });
  return { come, comes };
};

export const openDesk = async () => {
  const database = await testDatabase();
  const standIn = await startStandIn();
  const { hostname, port } = new URL(standIn.url);
  /** What somebody does at Stripe by hand, or the buyer's browser. */
  const byHand = new Stripe(standIn.secretKey, { host: hostname, port: Number(port), protocol: 'http' });
  const connect = (): StripePort =>
    connectStripe({
      STRIPE_SECRET_KEY: standIn.secretKey,
      STRIPE_PUBLISHABLE_KEY: standIn.publishableKey,
      STRIPE_WEBHOOK_SECRET: 'whsec_test_of_the_desk',
      STRIPE_API_BASE: standIn.url,
      STRIPE_TIMEOUT_MS: 10_000,
      DEPLOYMENT: 'desk',
    });

  const storesOf = () => {
    const mongo = database.mongo.useDb(database.mongo.name, { useCache: false });
    // Nothing is published: what is told stays in the document, to be read.
    const relay = createRelay({ bus: { publish: () => Promise.reject(new BusUnavailable('not here')) } });
    return {
      payments: openPaymentStore({ mongo, relay, clock: systemClock }),
      orders: openOrderReplica({ mongo }),
    };
  };
  const { payments, orders } = storesOf();
  for (const { model } of [payments, orders]) {
    await model.createCollection();
    await model.createIndexes();
  }

  /** A driver of its own: a request, the worker, a webhook's or another replica's. It waits only as it is told to. */
  const aDriver = (
    id: string,
    { lateByMs = 0, through = connect(), pause = async (_ms: number): Promise<void> => {} } = {},
  ): Driver => {
    let held: { step: string; arrived: () => void; goOn: Promise<void> } | undefined;
    const drive = drivePayment({
      ...storesOf(),
      stripe: through,
      clock: { now: () => new Date(Date.now() + lateByMs) },
      pause,
      logger: createLogger('desk', 'silent'),
      async at(step) {
        if (held?.step !== step) return;
        const { arrived, goOn } = held;
        held = undefined;
        arrived();
        await goOn;
      },
    });
    return {
      drive: () => drive(id),
      async holdAt(step) {
        const arrival = aMoment();
        const leave = aMoment();
        held = { step, arrived: arrival.comes, goOn: leave.come };
        const end = drive(id);
        const early = end.then(() => Promise.reject(new Error(`was through before "${step}"`)));
        await Promise.race([arrival.come, early]);
        early.catch(() => undefined);
        return () => {
          leave.comes();
          return end;
        };
      },
    };
  };

  const control = async (change: object): Promise<void> => {
    const response = await fetch(standIn.controlUrl, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(change),
    });
    if (response.status !== 200) throw new Error(`the control answered ${await response.text()}`);
  };

  /** An attempt that was only just begun, for an order that awaits its payment. */
  const anAttempt = async (paymentMethod = 'pm_card_visa', means?: Payment['means']) => {
    const order = anOrderState();
    await orders.apply(order);
    const payment = begin(newId(), order, means ?? { paymentMethod }, new Date());
    await payments.insert(payment, undefined);
    const { id } = payment;
    const a = aDriver(id);
    const b = aDriver(id);
    const document = async () => {
      const found = await payments.model.findById(new mongoose.Types.ObjectId(id)).lean<{
        status: string;
        intentId?: string;
        keyNumber: number;
        outbox: { type: string }[];
      }>();
      if (found === null) throw new Error(`no attempt ${id}`);
      return found;
    };
    /** What Stripe made for it, oldest first. */
    const intents = async (): Promise<{ id: string; status: IntentStatus; received: number }[]> => {
      const made: { id: string; status: IntentStatus; received: number }[] = [];
      for await (const intent of connect().list(new Date(0))) {
        if (intent.metadata.paymentId !== id) continue;
        made.unshift({ id: intent.id, status: intent.status, received: intent.amountReceived });
      }
      return made;
    };
    /** What orders has said by now. */
    const verdict = (change: Partial<OrderState>) => orders.apply({ ...order, ...change, version: 1 });
    return {
      id,
      order,
      a,
      b,
      /** What it is, what others hear of it, and what its intents are at Stripe. */
      async stands() {
        const { status, outbox } = await document();
        const told = outbox.map(({ type }) => type.replace('payment:', ''));
        return [status, told.join(' then '), (await intents()).map((intent) => intent.status).join(', ')];
      },
      document,
      intents,
      complete: () => verdict({ status: 'completed', paymentId: id }),
      completeByAnother: () => verdict({ status: 'completed', paymentId: newId() }),
      cancelOrder: () => verdict({ status: 'cancelled' }),
      change: (decide: Parameters<typeof payments.change>[1]) => payments.change(id, decide),
      /** The intent, once it is stored. */
      async intent(): Promise<string> {
        const { intentId } = await document();
        if (intentId === undefined) throw new Error('no intent is stored');
        return intentId;
      },
      /** Its buyer answers the bank. */
      async answerBank(result: 'complete' | 'fail') {
        await control({ authenticate: { intent: (await document()).intentId, result } });
      },
    };
  };

  return {
    control,
    byHand,
    connect,
    aDriver,
    anAttempt,
    async end(): Promise<void> {
      await standIn.stop();
      await database.end();
    },
  };
};

export type Desk = Awaited<ReturnType<typeof openDesk>>;
