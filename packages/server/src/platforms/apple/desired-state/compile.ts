// Policy settings and resources made into what one device gets. Pure: the same input gives the same bytes, on every server and
// in every run; no clock, no chance.
import { Builder } from './builder.ts';
import type { CompileInput, Desired } from './desired.ts';
import { addResource } from './resource-items.ts';
import { addManagement, addSettings } from './settings-items.ts';
import { wantedStatusItems } from './status-items.ts';

export function compile(input: CompileInput): Desired {
  const builder = new Builder(input);
  addManagement(builder, input.organization, wantedStatusItems);
  addSettings(builder, input.settings, input.updateBy);
  for (const resource of input.resources) addResource(builder, resource, input.named, input.variables);
  return builder.finish();
}
