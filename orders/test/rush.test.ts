import { afterEach, describe, expect, it } from '@jest/globals';
import { aTicketState, eventually } from '@ticketing/common/testing';
import { type BoxOffice, openBoxOffice } from './box-office.ts';

const BUYERS = 1_000;

let office: BoxOffice;
afterEach(() => office.end());

const refusal = { errors: [{ message: 'Ticket is already reserved', code: 'ticket_reserved' }] };

describe.each([{ replicas: 1 }, { replicas: 3 }])(
  'with $replicas of the service, a thousand buyers at once',
  ({ replicas }) => {
    it('for one ticket: one has it, all others are told that it is reserved', async () => {
      office = await openBoxOffice({ replicas, limited: true });
      const ticket = await office.aTicket();
      const buyers = Array.from({ length: BUYERS }, office.buyer);
      const answers = await Promise.all(buyers.map((buyer) => office.reserve(buyer, ticket.id)));
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      for (const { status, body } of answers)
        if (status !== 201) expect([status, body]).toEqual([400, refusal]);
      expect(await office.inStore({ 'ticket.id': ticket.id })).toHaveLength(1);
    }, 180_000);

    it('for a hundred tickets: each ticket has one holder, and nobody hangs', async () => {
      office = await openBoxOffice({ replicas, limited: true });
      const tickets = Array.from({ length: 100 }, () => aTicketState());
      await office.putUp(...tickets);
      const answers = await Promise.all(
        Array.from({ length: BUYERS }, (_, index) =>
          office.reserve(office.buyer(), tickets[index % tickets.length]?.id ?? ''),
        ),
      );
      const held = answers.filter(({ status }) => status === 201).map(({ body }) => body.ticket.id);
      expect(held.sort()).toEqual(tickets.map(({ id }) => id).sort());
      for (const { status, body } of answers)
        if (status !== 201) expect([status, body]).toEqual([400, refusal]);
      await eventually(() => expect(new Set(office.heard().map(({ id }) => id)).size).toBe(100));
    }, 180_000);
  },
);
