/** Who and what is there after a first `npm start`. */
export const demo = {
  seller: { email: 'seller@ticketing.dev' },
  buyer: { email: 'buyer@ticketing.dev' },
  /** Everybody knows it, which is one reason why the gateway listens on loopback only. */
  password: 'front-row-seat-12',
} as const;

interface DemoTicket {
  readonly title: string;
  readonly price: number;
  readonly place: string;
  /** Days from the day of seeding on, and the time of day in UTC. */
  readonly in: readonly [days: number, time: string];
}

/** The newest one, first in the list, is the last. */
export const demoTickets: readonly DemoTicket[] = [
  {
    title: 'Open-air cinema: Metropolis, with live organ',
    price: 14.5,
    place: 'Waldbühne, Berlin',
    in: [41, '19:30'],
  },
  { title: 'Tallinn Chamber Choir: Arvo Pärt', price: 32, place: 'Niguliste, Tallinn', in: [63, '18:00'] },
  { title: 'Town derby, standing room', price: 19.99, place: 'Millerntor, Hamburg', in: [12, '13:30'] },
  { title: 'The Tempest', price: 45, place: 'Shakespeare’s Globe, London', in: [88, '18:30'] },
  { title: 'Poetry slam: the final', price: 0.5, place: 'Ampere, Munich', in: [9, '18:00'] },
  {
    title: 'Jazz on a Summer’s Night, weekend pass',
    price: 129,
    place: 'Parco Ciani, Lugano',
    in: [204, '16:00'],
  },
  { title: 'Nils Frahm', price: 48, place: 'Funkhaus, Berlin', in: [27, '19:00'] },
  { title: 'Swan Lake, third row', price: 96.4, place: 'Semperoper, Dresden', in: [55, '18:00'] },
  { title: 'Handball: quarter-final', price: 27.9, place: 'Lanxess Arena, Cologne', in: [34, '17:45'] },
  { title: 'Rosalía', price: 89.9, place: 'Palau Sant Jordi, Barcelona', in: [118, '20:00'] },
  {
    title: 'Stand-up: five comedians, one microphone',
    price: 22,
    place: 'Vicar Street, Dublin',
    in: [16, '19:30'],
  },
  {
    title: 'Nils Frahm, the concert after the concert',
    price: 35.5,
    place: 'Silent Green, Berlin',
    in: [27, '22:15'],
  },
];
