// What the server says when it is ready: where it is, and the first time, what to do.
import type { Kernel } from '../kernel/kernel.ts';
import { hasOrganizations } from './queries.ts';

export async function greeting({ config, database }: Pick<Kernel, 'config' | 'database'>): Promise<string> {
  const known = await database.withSystem('list-organizations', hasOrganizations);
  const at = config.publicUrl.origin;
  const data = process.env['GATEHOUSE_DATA_DIR'] ? ` --data-dir ${config.dataDirectory}` : '';
  const lines = [
    '',
    `  Gatehouse is ready at ${at}`,
    `    Console      ${at}/console/`,
    `    Portal       ${at}/my/`,
    `    API          ${at}/api/v1  (described at ${at}/api/v1/openapi.json)`,
    `    Cisco ISE    ${at}/ciscoise`,
    `    Devices      ${config.deviceUrl.origin}`,
  ];
  if (!known) {
    lines.push(
      '',
      '  The first time? In another terminal, here:',
      '',
      `    npx gatehouse org create --slug acme --name "Acme"${data}`,
      `    npx gatehouse admin create --org acme --email you@acme.example --role org-admin${data}`,
      '',
      '  The second command prints a link, good once, with which you choose your password; then sign in to the console.',
    );
  }
  return `${lines.join('\n')}\n\n`;
}
