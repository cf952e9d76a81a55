export { buildIndexes } from './build-indexes.ts';
export { clientNameOf, clientsOf, connectMongo, type Purpose, QUERY_MS } from './connect-mongo.ts';
export { isStoreAway } from './store-away.ts';
export { type StoreWatch, smallWrite, watchStore } from './watch-store.ts';
