// Policy settings and resources made into what one device gets. Pure: the same input gives the same bytes, on every server and
// in every run; no clock, no chance.
import { Builder } from './builder.ts';
import type { CompileInput, Desired, OpenResource } from './desired.ts';
import { merge } from './merge.ts';
import { addResource } from './resource-items.ts';
import { addManagement, addSettings } from './settings-items.ts';
import { wantedStatusItems } from './status-items.ts';

export function compile(input: CompileInput): Desired {
  // In the order of ids, so that of two that claim one place it is always the same that has it.
  const resources = input.resources.toSorted((a, b) => (a.resourceId < b.resourceId ? -1 : 1));
  return merge([compileSettings(input), ...resources.map((resource) => compileResource(input, resource))]);
}

/** All but the resources: the same for every device of one kind with the same policy. */
export function compileSettings(input: Omit<CompileInput, 'resources' | 'named' | 'variables'>): Desired {
  const builder = new Builder(input);
  addManagement(builder, input.organization, wantedStatusItems);
  addSettings(builder, input);
  return builder.finish();
}

export function compileResource(
  input: Omit<CompileInput, 'resources' | 'settings' | 'updateBy' | 'escrow'>,
  resource: OpenResource,
): Desired {
  const builder = new Builder(input);
  addResource(builder, resource, input.named, input.variables);
  return builder.finish();
}
