import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unitFile } from './install.ts';

const input = {
  node: '/opt/node/bin/node',
  main: '/opt/gatehouse/agent/main.ts',
  stateDirectory: '/var/lib/gatehouse-agent',
  manageConfiguration: false,
};

test('AGT-T07 the unit takes away what steers Node and the loader, and all rights that the agent does not need', () => {
  const unit = unitFile(input);
  for (const name of ['NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'LD_PRELOAD', 'LD_LIBRARY_PATH']) {
    assert.match(unit, new RegExp(`^UnsetEnvironment=.*\\b${name}\\b`, 'm'));
  }
  for (const line of [
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'RestrictSUIDSGID=yes',
    'SystemCallFilter=@system-service',
  ]) {
    assert.ok(unit.includes(`\n${line}\n`), line);
  }
  assert.match(unit, /^ReadWritePaths=\/var\/lib\/gatehouse-agent$/m);
});

test('only a service that manages configuration may write to /etc', () => {
  const unit = unitFile({ ...input, manageConfiguration: true });
  assert.match(unit, /^ReadWritePaths=\/var\/lib\/gatehouse-agent \/etc$/m);
  assert.match(unit, /^ExecStart=.* --manage-configuration$/m);
});

test('paths that systemd would read otherwise are quoted', () => {
  const unit = unitFile({ ...input, stateDirectory: '/srv/100% "mine" $HOME' });
  assert.match(unit, /--state-dir "\/srv\/100%% \\"mine\\" \$\$HOME"/);
});
