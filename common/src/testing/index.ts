export {
  anOrderState,
  aPaymentState,
  aTicketState,
  eventOf,
  everyOrder,
  newId,
} from './builders.ts';
export { eventually } from './eventually.ts';
export {
  type Asked,
  askEveryRoute,
  personalAnswers,
  type RouteAnswer,
  readableCookies,
  rubbishCookies,
} from './every-route.ts';
export { explainQueries, type QueryPlan } from './explain.ts';
export { given } from './given.ts';
export { type Listener, listenTo } from './listen.ts';
export { type TestDatabase, testDatabase, testDatabaseUrl } from './mongo.ts';
export { BrokenOff, mortal } from './mortal.ts';
export { type ServiceProcess, startServiceProcess } from './process.ts';
export { randomFrom } from './random.ts';
export { type Stored, startTestService, type TestService, testConfig } from './service.ts';
export { type TestSessions, testSessions } from './sessions.ts';
