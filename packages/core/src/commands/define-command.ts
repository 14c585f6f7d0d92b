/** What a command declares about itself; everything else (routes, audit, jobs, console) derives from it. */
import { DomainError } from '../errors.ts';
import type { Permission } from '../permissions/catalogue.ts';
import { type ParamShapes, type ParamsOf, parseParams } from './params.ts';

export interface CommandDefinition<N extends string = string, P extends ParamShapes = ParamShapes> {
  readonly name: N;
  /** What it does, for lists and audit: "Lock the device". */
  readonly title: string;
  readonly permission: Permission;
  /** Destroys data: stands under the destructive budget and the 24-hour rule (ADM-06). */
  readonly destructive: boolean;
  /** It destroys the device's whole state: from its hand-over on the device is trusted with nothing, and with its end unmanaged. */
  readonly endsManagement: boolean;
  /** Needed on top of `permission` unless the device is corporate (TEN-14, ACT-17); the guard asks for it. */
  readonly personalPermission: Permission | undefined;
  readonly params: P;
  /**
   * Which parameters the audit record shows, and which it mentions as given without their value. A parameter declared in
   * neither list is left out: forgetting makes the record silent, not leaky.
   */
  readonly audit: { readonly show: readonly string[]; readonly redact: readonly string[] };
  /** The command's deadline, counted from the moment it is queued. No command waits for ever. */
  readonly expiresAfterMs: number;
  /** What it brings to light concerns a person, such as a place: sealed at rest, shown by right and on record. */
  readonly privateResult: boolean;
  /** @throws DomainError `invalid-input` */
  parse(input: unknown): ParamsOf<P>;
}

interface CommandDeclaration<N extends string, P extends ParamShapes> {
  readonly name: N;
  readonly title: string;
  readonly permission: Permission;
  readonly destructive?: true;
  /** Of a destructive command: it destroys only a part, and the device stays what it is. */
  readonly keepsManagement?: true;
  readonly personalPermission?: Permission;
  readonly params: P;
  readonly audit: {
    readonly show: readonly (keyof P & string)[];
    readonly redact: readonly (keyof P & string)[];
  };
  readonly expiresAfterMs: number;
  readonly privateResult?: true;
  /** What no single parameter can be blamed for; a sentence, or undefined when all is well. */
  readonly check?: (params: ParamsOf<P>) => string | undefined;
}

export function defineCommand<const N extends string, const P extends ParamShapes>(
  declaration: CommandDeclaration<N, P>,
): CommandDefinition<N, P> {
  return {
    ...declaration,
    destructive: declaration.destructive ?? false,
    endsManagement: declaration.destructive === true && declaration.keepsManagement !== true,
    personalPermission: declaration.personalPermission,
    privateResult: declaration.privateResult ?? false,
    parse(input) {
      const params = parseParams(declaration.params, input);
      const problem = declaration.check?.(params);
      if (problem !== undefined) throw new DomainError('invalid-input', problem);
      return params;
    },
  };
}

export const hours = (count: number): number => count * 3_600_000;
export const days = (count: number): number => hours(24 * count);
