/**
 * `agent install`: the systemd unit. The daemon needs root to see what it reports on; the unit takes from it what it does not
 * need. Not MemoryDenyWriteExecute, which V8 cannot live with, and not PrivateTmp, because /tmp is among what is looked at.
 */
import { writeFile } from 'node:fs/promises';
import { runProgram } from '../system/run-program.ts';
import { type AgentCommandLine, defaultStateDirectory, stateDirectoryOf, stateOptions } from './command.ts';

const unitPath = '/etc/systemd/system/gatehouse-agent.service';

export const installCommand: AgentCommandLine = {
  name: 'install',
  summary: 'Set the agent up as a systemd service',
  options: {
    ...stateOptions,
    'manage-configuration': { type: 'boolean', help: "let the service put the policy's settings in force" },
    enable: { type: 'boolean', help: 'start it now and at every boot' },
    print: { type: 'boolean', help: 'only show the unit' },
  },
  async run(values, terminal) {
    const unit = unitFile({
      node: process.execPath,
      main: new URL('../main.ts', import.meta.url).pathname,
      stateDirectory: stateDirectoryOf(values),
      manageConfiguration: values.flag('manage-configuration'),
    });
    if (values.flag('print')) return { unit };
    await writeFile(unitPath, unit, { mode: 0o644 });
    if (!values.flag('enable')) {
      terminal.note('Start it with: systemctl enable --now gatehouse-agent');
      return { unit: unitPath, enabled: false };
    }
    for (const args of [['daemon-reload'], ['enable', '--now', 'gatehouse-agent.service']]) {
      const said = await runProgram('/usr/bin/systemctl', args, { timeoutMs: 60_000 });
      if (said.state !== 'present')
        throw new Error(said.state === 'absent' ? 'there is no systemctl' : said.why);
    }
    return { unit: unitPath, enabled: true };
  },
};

export interface UnitInput {
  readonly node: string;
  readonly main: string;
  readonly stateDirectory: string;
  readonly manageConfiguration: boolean;
}

export function unitFile({ node, main, stateDirectory, manageConfiguration }: UnitInput): string {
  const quoted = [node, '--disable-proto=delete', main, 'run', '--state-dir', stateDirectory].map(quote);
  if (manageConfiguration) quoted.push('--manage-configuration');
  // Managing configuration means writing below /etc; without it, nothing but the agent's own state is writable.
  const writable = manageConfiguration ? `${quote(stateDirectory)} /etc` : quote(stateDirectory);
  return `[Unit]
Description=Gatehouse device agent
After=network-online.target
Wants=network-online.target

[Service]
Type=exec
ExecStart=${quoted.join(' ')}
Restart=on-failure
RestartSec=10
${stateDirectory === defaultStateDirectory ? 'StateDirectory=gatehouse-agent\nStateDirectoryMode=0700\n' : ''}RuntimeDirectory=gatehouse
RuntimeDirectoryMode=0755
UMask=0077
Environment=NODE_ENV=production LANG=C.UTF-8
UnsetEnvironment=NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS NODE_TLS_REJECT_UNAUTHORIZED NODE_USE_ENV_PROXY LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT SSL_CERT_FILE SSL_CERT_DIR OPENSSL_CONF

NoNewPrivileges=yes
ProtectSystem=strict
ReadWritePaths=${writable}
ProtectHome=read-only
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
ProtectClock=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
SystemCallFilter=@system-service
SystemCallArchitectures=native
LimitCORE=0
MemoryMax=512M

[Install]
WantedBy=multi-user.target
`;
}

/** systemd.syntax(7): quotes around, and `%`, `$`, quotes and backslashes made literal. */
function quote(word: string): string {
  if (/^[A-Za-z0-9/_.,:=@+-]+$/.test(word)) return word;
  return `"${word.replaceAll(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$')}"`;
}
