// Seals and opens values: a data key per tenant and class, wrapped by the master key.
import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { Database, TenantTx } from '../db/database.ts';
import { sealedColumns, type SealedClass, type SealedColumnName } from './columns.ts';
import { decrypt, encrypt, keyVersionOf, SealError } from './envelope.ts';
import type { MasterKeys } from './master-key.ts';
import {
  type DataKeyRow,
  holdCurrentDataKey,
  insertDataKey,
  rewrapDataKey,
  selectDataKeys,
  selectForeignWrappedKeys,
} from './queries.ts';

declare const sealedBrand: unique symbol;

/** Ciphertext. It has no readable form and no serializer: an answer schema cannot contain one by accident (HTTP-09). */
export type SealedValue = Buffer & { readonly [sealedBrand]: true };

export interface Sealer {
  /** @param row the row's key as text: the value of the columns named in the table of sealed columns. */
  seal(tx: TenantTx, column: SealedColumnName, row: string, plaintext: Uint8Array): Promise<SealedValue>;
  /**
   * Under the key that this process takes for the current one, without asking. Whoever stores the value must hold that key of the
   * class in the same transaction, as {@link seal} does, and seal anew when it is not current any more.
   * @returns undefined while no key is known.
   */
  sealUnderKnownKey(
    organizationId: string,
    column: SealedColumnName,
    row: string,
    plaintext: Uint8Array,
  ): { readonly value: SealedValue; readonly version: number } | undefined;
  open(tx: TenantTx, column: SealedColumnName, row: string, sealed: Uint8Array): Promise<Buffer>;
  /** Makes a new data key for a class; older ones then only open. */
  renewDataKey(tx: TenantTx, sealedClass: SealedClass): Promise<number>;
  /** Wraps every data key that is under an older master key anew. Returns how many. */
  rewrap(database: Database): Promise<number>;
}

interface DataKeys {
  readonly current: number;
  readonly byVersion: Map<number, KeyObject>;
}

export function createSealer(masterKeys: () => MasterKeys): Sealer {
  const cache = new Map<string, DataKeys>();

  const wrapping = (row: { organization_id: string; class: string; version: number }) => [
    'data-key',
    row.organization_id,
    row.class,
    String(row.version),
  ];

  function wrap(row: { organization_id: string; class: string; version: number }, key: Buffer) {
    const master = masterKeys().current;
    return { id: master.id, bytes: encrypt(master.bytes, 0, wrapping(row), key) };
  }

  function unwrap(row: DataKeyRow): Buffer {
    const master = masterKeys().find(row.master_key_id);
    if (!master)
      throw new SealError(`the master key ${row.master_key_id} that wraps a data key is not at hand`);
    return decrypt(master.bytes, wrapping(row), row.wrapped);
  }

  async function load(tx: TenantTx, sealedClass: SealedClass): Promise<DataKeys | undefined> {
    const rows = await tx.query<DataKeyRow>(selectDataKeys, [tx.organizationId, sealedClass]);
    const newest = rows.at(-1);
    if (!newest) return undefined;
    const keys = {
      current: newest.version,
      byVersion: new Map(rows.map((row) => [row.version, createSecretKey(unwrap(row))])),
    };
    cache.set(`${tx.organizationId}/${sealedClass}`, keys);
    return keys;
  }

  async function create(tx: TenantTx, sealedClass: SealedClass, version: number): Promise<void> {
    const row = { organization_id: tx.organizationId, class: sealedClass, version };
    const wrapped = wrap(row, randomBytes(32));
    await tx.run(insertDataKey, [tx.organizationId, sealedClass, version, wrapped.id, wrapped.bytes]);
  }

  async function keysFor(tx: TenantTx, sealedClass: SealedClass, version?: number): Promise<DataKeys> {
    const known = cache.get(`${tx.organizationId}/${sealedClass}`);
    if (known && (version === undefined || known.byVersion.has(version))) return known;
    const loaded = await load(tx, sealedClass);
    if (loaded) return loaded;
    await create(tx, sealedClass, 1);
    const made = await load(tx, sealedClass);
    if (!made) throw new SealError('a data key could not be made');
    // The transaction that made the key may still roll back: what it cached must not outlive it.
    cache.delete(`${tx.organizationId}/${sealedClass}`);
    return made;
  }

  return {
    async seal(tx, column, row, plaintext) {
      const { class: sealedClass, table, column: name } = sealedColumns[column];
      // Asked each time: what this process remembers may have been retired by another since.
      const hold = () => tx.one<{ version: number }>(holdCurrentDataKey, [tx.organizationId, sealedClass]);
      // A key that was retired while we waited for it is none; the second look sees its successor.
      const held = (await hold()) ?? (await hold());
      const keys = await keysFor(tx, sealedClass, held?.version);
      const version = held?.version ?? keys.current;
      const key = keys.byVersion.get(version);
      if (!key) throw new SealError('the current data key is missing');
      return encrypt(key, version, [tx.organizationId, table, name, row], plaintext) as SealedValue;
    },
    sealUnderKnownKey(organizationId, column, row, plaintext) {
      const { class: sealedClass, table, column: name } = sealedColumns[column];
      const keys = cache.get(`${organizationId}/${sealedClass}`);
      const key = keys?.byVersion.get(keys.current);
      if (!keys || !key) return undefined;
      const value = encrypt(key, keys.current, [organizationId, table, name, row], plaintext) as SealedValue;
      return { value, version: keys.current };
    },
    async open(tx, column, row, sealed) {
      const { class: sealedClass, table, column: name } = sealedColumns[column];
      const version = keyVersionOf(sealed);
      const key = (await keysFor(tx, sealedClass, version)).byVersion.get(version);
      if (!key) throw new SealError(`data key ${version} of class ${sealedClass} is gone`);
      return decrypt(key, [tx.organizationId, table, name, row], sealed);
    },
    async renewDataKey(tx, sealedClass) {
      const keys = (await load(tx, sealedClass)) ?? (await keysFor(tx, sealedClass));
      const version = keys.current + 1;
      await create(tx, sealedClass, version);
      cache.delete(`${tx.organizationId}/${sealedClass}`);
      return version;
    },
    async rewrap(database) {
      let count = 0;
      for (;;) {
        const done = await database.withSystem('rotate-keys', async (tx) => {
          const rows = await tx.query<DataKeyRow>(selectForeignWrappedKeys, [masterKeys().current.id]);
          for (const row of rows) {
            const wrapped = wrap(row, unwrap(row));
            void tx.run(rewrapDataKey, [
              row.organization_id,
              row.class,
              row.version,
              wrapped.id,
              wrapped.bytes,
            ]);
          }
          return rows.length;
        });
        count += done;
        if (done === 0) return count;
      }
    },
  };
}
