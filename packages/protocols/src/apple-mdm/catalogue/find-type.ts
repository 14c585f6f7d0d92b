/** Types of the catalogue by their names. All give undefined for names that Apple does not define. */
import { familyData } from './family-data.ts';
import { mergeVariants } from './merge-variants.ts';
import { families, type Family, type SchemaKey, type SchemaType } from './schema.ts';

const indexes = new Map<Family, ReadonlyMap<string, SchemaType>>();

/** By type; types with several schemas stand there once, merged. */
function indexOf(family: Family): ReadonlyMap<string, SchemaType> {
  let index = indexes.get(family);
  if (index === undefined) {
    const variants = Map.groupBy(familyData(family).types, ({ type }) => type);
    index = new Map([...variants].map(([type, schemas]) => [type, mergeVariants(type, schemas)]));
    indexes.set(family, index);
  }
  return index;
}

export function findType(family: Family, type: string): SchemaType | undefined {
  return indexOf(family).get(type);
}

/** The payload of a profile: `com.apple.wifi.managed`. `TopLevel` is the profile itself. */
export const findPayloadType = (payloadType: string): SchemaType | undefined =>
  findType('profiles', payloadType);
/** `DeviceLock` */
export const findCommand = (requestType: string): SchemaType | undefined => findType('commands', requestType);
/** `TokenUpdate` */
export const findCheckIn = (messageType: string): SchemaType | undefined => findType('check-in', messageType);
/** Activation, asset, configuration or management declaration: `com.apple.configuration.passcode.settings`. */
export const findDeclaration = (type: string): SchemaType | undefined => findType('declarations', type);
/** The body behind a credential asset: `com.apple.credential.scep`. */
export const findCredential = (type: string): SchemaType | undefined => findType('credentials', type);
/** `passcode.is-compliant` */
export const findStatusItem = (name: string): SchemaType | undefined => findType('status-items', name);
/** The body of a 403: `com.apple.unrecognized.device`. */
export const findError = (code: string): SchemaType | undefined => findType('errors', code);
/** Messages inside DeclarativeManagement: `StatusReport`, `TokensResponse`, `DeclarationItemsResponse`. */
export const findProtocolMessage = (name: string): SchemaType | undefined => findType('protocol', name);
/** The rest: `SkipKeys`, `passwordHash`, manifests, MachineInfo. */
export const findOther = (name: string): SchemaType | undefined => findType('other', name);

/** Keys that every payload of a profile has besides its own. */
export const commonPayloadKeys = (): readonly SchemaKey[] => findPayloadType('CommonPayloadKeys')?.keys ?? [];
/** What surrounds the payload of every declaration: Type, Identifier, ServerToken, Payload. */
export const declarationKeys = (): readonly SchemaKey[] => findDeclaration('any')?.keys ?? [];

/** Every type of a family, or of all, ordered by name; variants of one payload type stand apart. */
export function listTypes(family?: Family): readonly SchemaType[] {
  return family === undefined ? families.flatMap((each) => familyData(each).types) : familyData(family).types;
}

/** By name in any family: what a person may type. Several families may know it: DeclarativeManagement is two things. */
export function findByName(name: string): readonly SchemaType[] {
  return listTypes().filter((type) => type.name === name || type.type === name);
}

/** Resolves `like`: the keys below a key, wherever they are written. */
export function keysBelow(top: readonly SchemaKey[], key: SchemaKey): readonly SchemaKey[] | undefined {
  if (key.like === undefined) return key.keys;
  let keys: readonly SchemaKey[] | undefined = top;
  for (const name of key.like) keys = keys?.find((each) => each.name === name)?.keys;
  return keys;
}

export interface FamilyCount {
  readonly family: Family;
  readonly types: number;
  readonly keys: number;
  readonly answerKeys: number;
}

export function countFamilies(): readonly FamilyCount[] {
  return families.map((family) => {
    const types = familyData(family).types;
    return {
      family,
      types: types.length,
      keys: types.reduce((sum, type) => sum + countKeys(type.keys), 0),
      answerKeys: types.reduce((sum, type) => sum + countKeys(type.answer ?? []), 0),
    };
  });
}

/** All levels; a structure that refers to itself counts once. */
export function countKeys(keys: readonly SchemaKey[]): number {
  return keys.reduce((sum, key) => sum + 1 + countKeys(key.keys ?? []), 0);
}
