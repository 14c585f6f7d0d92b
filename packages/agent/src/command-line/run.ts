/** `agent run`: the daemon, in the foreground; systemd keeps it running. */
import { runDaemon } from '../daemon/daemon.ts';
import { StateDirectory } from '../state/state-directory.ts';
import { agentVersion } from '../version.ts';
import {
  type AgentCommandLine,
  defaultStateDirectory,
  publicStatusPath,
  rootOption,
  socketOf,
  stateDirectoryOf,
  stateOptions,
} from './command.ts';

export const runCommand: AgentCommandLine = {
  name: 'run',
  summary: 'Report, watch and carry out commands until stopped',
  options: {
    ...stateOptions,
    'manage-configuration': {
      type: 'boolean',
      help: "put the policy's passcode and screen lock settings in force on this machine (off unless given)",
    },
    ...rootOption,
  },
  async run(values, terminal) {
    const root = values.text('root');
    const directory = stateDirectoryOf(values);
    const ended = await runDaemon({
      state: await StateDirectory.open(directory),
      socketPath: socketOf(values),
      agentVersion,
      manageConfiguration: values.flag('manage-configuration'),
      log: (line) => terminal.note(line),
      signal: terminal.signal,
      ...(directory === defaultStateDirectory ? { publicStatusPath } : {}),
      ...(root === undefined ? {} : { root }),
    });
    return { ended };
  },
};
