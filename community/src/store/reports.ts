import { isDuplicateKey } from '@ticketing/common/replica';
import type { ServiceDeps } from '@ticketing/common/service';
import { Schema } from 'mongoose';
import type { Reason, Report, Thing } from '../report.ts';
import { options } from './visible.ts';

interface ReportDocument extends Report {
  /** Until an operator has decided. */
  readonly open: boolean;
}

/** What an operator did. Never changed, never deleted. */
export interface AuditLine extends Thing {
  readonly action: 'hide' | 'restore' | 'dismiss';
  readonly operator: string;
  readonly why: string;
  readonly at: Date;
}

/** A thing with open reports. */
export interface Queued extends Thing {
  readonly reports: number;
  readonly reasons: readonly Reason[];
  readonly since: Date;
  /** What stood there when it was reported first. */
  readonly said: string;
}

const ONE_EACH = 'one_each';

const schema = new Schema<ReportDocument>(
  {
    kind: { type: String, required: true },
    id: { type: String, required: true },
    by: { type: String, required: true },
    reason: { type: String, required: true },
    text: { type: String },
    said: { type: String },
    at: { type: Date, required: true },
    open: { type: Boolean, required: true },
  },
  { ...options, id: false },
);
schema.index({ kind: 1, id: 1, by: 1 }, { name: ONE_EACH, unique: true });
schema.index({ open: 1, at: 1 }, { name: 'open' });

const auditSchema = new Schema<AuditLine>(
  {
    kind: { type: String, required: true },
    id: { type: String, required: true },
    action: { type: String, required: true },
    operator: { type: String, required: true },
    why: { type: String },
    at: { type: Date, required: true },
  },
  { ...options, id: false },
);
auditSchema.index({ kind: 1, id: 1, at: 1 }, { name: 'of_thing' });

/** What people reported, and what operators did about it. */
export const openReportStore = ({ mongo }: Pick<ServiceDeps, 'mongo'>) => {
  const model = mongo.model<ReportDocument>('reports', schema, 'reports');
  const audit = mongo.model<AuditLine>('audit', auditSchema, 'audit');
  return {
    /** One for each person and thing: the first one stays. */
    async add({ kind, id, by, ...fields }: Report): Promise<void> {
      try {
        await model.updateOne(
          { kind, id, by },
          { $setOnInsert: { ...fields, open: true } },
          { upsert: true },
        );
      } catch (error) {
        if (!isDuplicateKey(error, ONE_EACH)) throw error;
      }
    },

    countOpen: (): Promise<number> => model.countDocuments({ open: true }),

    /** Things with open reports, the one that waits longest first. */
    async queue(limit: number): Promise<Queued[]> {
      const found = await model.aggregate<{ _id: Thing } & Omit<Queued, keyof Thing>>([
        { $match: { open: true } },
        { $sort: { open: 1, at: 1 } },
        {
          $group: {
            _id: { kind: '$kind', id: '$id' },
            reports: { $sum: 1 },
            reasons: { $addToSet: '$reason' },
            since: { $min: '$at' },
            said: { $first: '$said' },
          },
        },
        { $sort: { since: 1 } },
        { $limit: limit },
      ]);
      return found.map(({ _id, ...queued }) => ({ ..._id, ...queued }));
    },

    async of({ kind, id }: Thing): Promise<readonly (Report & { readonly open: boolean })[]> {
      return model.find({ kind, id }, { _id: 0 }).sort({ at: 1 }).lean();
    },

    async close({ kind, id }: Thing): Promise<number> {
      const { modifiedCount } = await model.updateMany({ kind, id, open: true }, { $set: { open: false } });
      return modifiedCount;
    },

    async note(line: AuditLine): Promise<void> {
      await audit.create([line]);
    },

    async notesOn({ kind, id }: Thing): Promise<readonly AuditLine[]> {
      return audit.find({ kind, id }, { _id: 0 }).sort({ at: 1 }).lean();
    },
  };
};

export type ReportStore = ReturnType<typeof openReportStore>;
