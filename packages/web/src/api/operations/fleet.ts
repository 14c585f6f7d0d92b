/** The fleet: what is found in it, how it stands, and the lists and views that people keep of it. */
import type { Attention, FleetDays, Overview } from '@gatehouse/contracts/admin/overview.ts';
import type {
  CountRequest,
  DeviceCount,
  DeviceQuestion,
  ExpressionName,
  ExpressionValues,
  ListedDevice,
  MatchExplanation,
  MatchRequest,
  NewSelection,
  NewView,
  NewWatchList,
  SavedView,
  SelectedDevices,
  Selection,
  WatchList,
  WatchListChanges,
} from '@gatehouse/contracts/admin/searches.ts';
import type { Device, ManyDeviceChanges, ManyDevicesReport } from '@gatehouse/contracts/admin/devices.ts';
import { operation } from '../call.ts';
import type { PageOf, Paging } from './shapes.ts';

export type DeviceListQuery = DeviceQuestion & {
  readonly sort?: string | undefined;
  readonly facts?: string | undefined;
  readonly from?: string | undefined;
};

export const searchDevices = operation<{
  query: Paging & DeviceListQuery;
  answer: PageOf<ListedDevice>;
}>()('searchDevices', 'GET', '/device-searches');
export const countDevices = operation<{ body: CountRequest; answer: DeviceCount }>()(
  'countDevices',
  'POST',
  '/device-searches/count',
);
export const changeDevices = operation<{ body: ManyDeviceChanges; answer: ManyDevicesReport }>()(
  'changeDevices',
  'POST',
  '/devices/changes',
);
export const previewDeviceChanges = operation<{ body: ManyDeviceChanges; answer: ManyDevicesReport }>()(
  'previewDeviceChanges',
  'POST',
  '/devices/changes/preview',
);
export const exportDevices = operation<{
  query: DeviceListQuery & { readonly columns: string; readonly name: string };
  answer: string;
}>()('exportDevices', 'GET', '/device-searches/export');
export const explainMatch = operation<{ body: MatchRequest; answer: MatchExplanation }>()(
  'explainMatch',
  'POST',
  '/device-searches/explain',
);
export const listExpressionNames = operation<{ answer: { readonly items: readonly ExpressionName[] } }>()(
  'listExpressionNames',
  'GET',
  '/expression-names',
);
export const listExpressionValues = operation<{ query: { name: string }; answer: ExpressionValues }>()(
  'listExpressionValues',
  'GET',
  '/expression-values',
);
export const createSelection = operation<{ body: NewSelection; answer: Selection }>()(
  'createSelection',
  'POST',
  '/device-selections',
);
export const getSelection = operation<{ answer: Selection }>()(
  'getSelection',
  'GET',
  '/device-selections/:selectionId',
);
export const listSelectedDevices = operation<{ query: { part: number }; answer: SelectedDevices }>()(
  'listSelectedDevices',
  'GET',
  '/device-selections/:selectionId/devices',
);
export const listViews = operation<{ answer: { readonly items: readonly SavedView[] } }>()(
  'listViews',
  'GET',
  '/saved-views',
);
export const createView = operation<{ body: NewView; answer: SavedView }>()(
  'createView',
  'POST',
  '/saved-views',
);
export const deleteView = operation()('deleteView', 'DELETE', '/saved-views/:viewId');

/** By the beginning of whatever identifier is at hand, along the indexes. */
export const findDevices = operation<{
  query: Paging & { readonly search?: string; readonly userId?: string };
  answer: PageOf<Device>;
}>()('listDevices', 'GET', '/devices');

export const listWatchLists = operation<{ query: Paging; answer: PageOf<WatchList> }>()(
  'listWatchLists',
  'GET',
  '/watch-lists',
);
export const createWatchList = operation<{ body: NewWatchList; answer: WatchList }>()(
  'createWatchList',
  'POST',
  '/watch-lists',
);
export const updateWatchList = operation<{ body: WatchListChanges; answer: WatchList }>()(
  'updateWatchList',
  'PATCH',
  '/watch-lists/:watchListId',
);
export const deleteWatchList = operation()('deleteWatchList', 'DELETE', '/watch-lists/:watchListId');

export const readOverview = operation<{ answer: Overview }>()('readOverview', 'GET', '/overview');
export const readAttention = operation<{ answer: Attention }>()(
  'readAttention',
  'GET',
  '/overview/attention',
);
export const listFleetDays = operation<{ query: { days?: number }; answer: FleetDays }>()(
  'listFleetDays',
  'GET',
  '/overview/days',
);
