/** What Apple devices are asked about themselves, when, and what becomes of their answers. */
export { enforcedPasscode } from './enforced-passcode.ts';
export {
  beginInventory,
  type InventoryDeps,
  runDueInventory,
} from './schedule-inventory.ts';
