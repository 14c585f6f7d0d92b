import { sql } from '../db/sql.ts';

export interface DataKeyRow {
  readonly organization_id: string;
  readonly class: string;
  readonly version: number;
  readonly master_key_id: string;
  readonly wrapped: Buffer;
  readonly state: 'active' | 'retiring';
}

export const selectDataKeys = sql(
  'sealed-select-data-keys',
  `select organization_id, class, version, master_key_id, wrapped, state from data_keys
   where organization_id = $1 and class = $2 order by version`,
);

/**
 * The key to seal under, held until the transaction ends: a rotation retires it only after that, and then seals anew what
 * was sealed under it.
 */
export const holdCurrentDataKey = sql(
  'sealed-hold-current-data-key',
  `select version from data_keys where organization_id = $1 and class = $2 and state = 'active'
   order by version desc limit 1 for share`,
);

export const insertDataKey = sql(
  'sealed-insert-data-key',
  `insert into data_keys (organization_id, class, version, master_key_id, wrapped) values ($1, $2, $3, $4, $5)
   on conflict do nothing`,
);

export const retireDataKeys = sql(
  'sealed-retire-data-keys',
  `update data_keys set state = 'retiring' where organization_id = $1 and class = $2 and version < $3`,
);

export const deleteDataKeys = sql(
  'sealed-delete-data-keys',
  `delete from data_keys where organization_id = $1 and class = $2 and version < $3 and state = 'retiring'`,
);

export const selectForeignWrappedKeys = sql(
  'sealed-select-foreign-wrapped-keys',
  `select organization_id, class, version, master_key_id, wrapped, state from data_keys where master_key_id <> $1
   order by organization_id, class, version limit 500`,
);

export const rewrapDataKey = sql(
  'sealed-rewrap-data-key',
  `update data_keys set master_key_id = $4, wrapped = $5 where organization_id = $1 and class = $2 and version = $3`,
);
