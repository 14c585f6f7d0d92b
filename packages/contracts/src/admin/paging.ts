// Lists come in pages. The cursor is opaque: it belongs to one list with one filter, and to nobody else's.
import { Type, type TSchema } from 'typebox';

export const pageLimit = { default: 50, maximum: 500 } as const;

/** Added to the query of every list. */
export const PageQuery = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: pageLimit.maximum, description: `Default ${pageLimit.default}.` }),
  ),
  cursor: Type.Optional(Type.String({ maxLength: 1_024, description: 'nextCursor of the page before.' })),
};

export const Page = <Item extends TSchema>(item: Item) =>
  Type.Object(
    { items: Type.Array(item), nextCursor: Type.Optional(Type.String()) },
    { additionalProperties: false },
  );
