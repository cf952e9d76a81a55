/** Who and what is there after a first `npm start`. */
export const demo = {
  seller: { email: 'seller@ticketing.dev' },
  buyer: { email: 'buyer@ticketing.dev' },
  /** Everybody knows it, which is one reason why the gateway listens on loopback only. */
  password: 'front-row-seat-12',
} as const;

interface DemoProfile {
  readonly handle: string;
  readonly name: string;
  readonly about?: string;
  readonly city?: string;
  readonly links?: readonly string[];
  /** Handles. */
  readonly follows?: readonly string[];
}

/** Everybody's email address, and what they say of themselves. */
export const demoPeople: Readonly<Record<string, DemoProfile>> = {
  [demo.seller.email]: {
    handle: 'mira_oe',
    name: 'Mira Öztürk',
    about: 'Goes to everything with a piano in it.\nSells only what she cannot go to.',
    city: 'Berlin',
    links: ['https://mira.example/'],
    follows: ['tomek_w'],
  },
  [demo.buyer.email]: {
    handle: 'ada',
    name: 'Ada Lovelace',
    city: 'London',
    follows: ['mira_oe', 'layla_h'],
  },
  'tomek@ticketing.dev': {
    handle: 'tomek_w',
    name: 'Tomasz Wiśniewski',
    city: 'Gdańsk',
    follows: ['mira_oe'],
  },
  'layla@ticketing.dev': { handle: 'layla_h', name: 'ليلى حدّاد', city: 'برلين' },
};

interface DemoPost {
  /** The handle of who wrote it. */
  readonly by: string;
  readonly text: string;
  /** Title of a ticket. */
  readonly about?: string;
  readonly likedBy: readonly string[];
  readonly comments?: readonly {
    readonly by: string;
    readonly text: string;
    readonly likedBy?: readonly string[];
  }[];
}

/** The newest one, first in the list, is the last. */
export const demoPosts: readonly DemoPost[] = [
  {
    by: 'mira_oe',
    text: 'I cannot go to Dresden after all. Third row, a little to the left: you see the feet, and that is the point.',
    about: 'Swan Lake, third row',
    likedBy: ['layla_h'],
  },
  {
    by: 'layla_h',
    text: 'هل هناك أحد ذاهب إلى الحفلة المتأخرة؟ لديّ مكان في السيارة من محطة زو بعد الحفل.',
    about: 'Nils Frahm, the concert after the concert',
    likedBy: ['ada', 'mira_oe', 'tomek_w'],
    comments: [{ by: 'mira_oe', text: 'Yes! I will be at the corner by the taxis.' }],
  },
  {
    by: 'tomek_w',
    text: 'Is the cloakroom free at Funkhaus? https://www.funkhaus-berlin.net says nothing of it.',
    likedBy: [],
  },
  {
    by: 'ada',
    text: 'Nobody told me that the organ is played by the foot as well. Take the left side of the balcony.',
    about: 'Open-air cinema: Metropolis, with live organ',
    likedBy: ['tomek_w'],
  },
  {
    by: 'mira_oe',
    text: 'Third row was worth every cent. He played the whole of “Says” alone, lights off, and nobody coughed.',
    about: 'Nils Frahm',
    likedBy: ['ada', 'tomek_w', 'layla_h'],
    comments: [
      { by: 'tomek_w', text: 'Zazdroszczę. Bilety na drugi wieczór jeszcze są?', likedBy: ['mira_oe'] },
      { by: 'mira_oe', text: 'Two left when I looked. Be quick.', likedBy: ['tomek_w', 'ada'] },
    ],
  },
];

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
