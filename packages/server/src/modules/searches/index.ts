/** Devices found by expressions: at once, as members of smart groups, and on watch lists. */
export { refreshGroups, refreshWatchLists } from './refresh-searches.ts';
export { searchesChanged, type WatchListDeps } from './watch-lists.ts';
