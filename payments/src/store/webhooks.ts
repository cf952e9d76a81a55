import { isDuplicateKey } from '@ticketing/common/replica';
import type { ServiceDeps } from '@ticketing/common/service';
import { Schema } from 'mongoose';

/** Stripe tries for three days; a month is well beyond. */
const REMEMBERED_SECONDS = 30 * 24 * 60 * 60;

const schema = new Schema(
  {
    _id: { type: String, required: true },
    type: { type: String, required: true },
    at: { type: Date, required: true },
  },
  {
    versionKey: false,
    strict: 'throw',
    autoCreate: false,
    autoIndex: false,
  },
);
schema.index({ at: 1 }, { expireAfterSeconds: REMEMBERED_SECONDS });

/** Webhooks that were heard. */
export const openWebhookStore = ({ mongo, clock }: ServiceDeps) => {
  const model = mongo.model<Record<string, unknown>>('webhooks', schema, 'webhooks');
  return {
    /** Once, however often it comes. */
    async remember(id: string, type: string): Promise<void> {
      try {
        await model.create([{ _id: id, type, at: clock.now() }]);
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
    },
  };
};

export type WebhookStore = ReturnType<typeof openWebhookStore>;
