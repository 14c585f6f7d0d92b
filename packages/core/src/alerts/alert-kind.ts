/** What administrators are told of, what each of it has to say, and how much it matters. */
import type { Message } from '../compliance/wording/message.ts';

/** What an alert is worded from, by kind: a list of words is a choice of one. Whatever else it carries is for programs. */
export const alertFields = {
  'destruction-held': { command: 'text', devices: 'number', askedBy: 'text' },
  'destruction-overridden': { by: 'text', devices: 'number', reason: 'text' },
  'budget-change-asked': { askedBy: 'text' },
  'first-device-failed': { devices: 'number' },
  'rule-broken': { rule: 'text', ruleName: 'text', stage: 'number', says: 'messages' },
  'action-refused': { command: 'text', why: 'text' },
  'carrier-to-be-told': { deviceId: 'text' },
  'watch-list': { list: 'text', direction: ['entered', 'left'], count: 'number' },
  'rollout-halted': { notCompliant: 'number', expected: 'number' },
  'playbook-stuck': { playbook: 'text', deviceId: 'text', step: 'text', why: 'text' },
  'mail-device-unknown': {},
  'mail-device-looping': { command: 'text', times: 'number', withinSeconds: 'number' },
  'mail-server-wipe': { outcome: ['held', 'account-instead', 'device', 'account'] },
  'mail-probe-open': { server: 'text', openWays: 'texts' },
  'mail-wipe-failed': {},
  'signals-interrupted': {
    what: [
      'receiver-refuses',
      'receiver-silent',
      'stopped',
      'deleted',
      'subjects-removed',
      'webhook-fails',
      'webhook-gone',
    ],
    receiver: 'text',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Field>>>>;

type Field = 'text' | 'number' | 'texts' | 'messages' | readonly string[];

export type AlertKind = keyof typeof alertFields;
export const alertKinds = Object.keys(alertFields) as readonly AlertKind[];

type ValueOf<F> = F extends 'text'
  ? string
  : F extends 'number'
    ? number
    : F extends 'texts'
      ? readonly string[]
      : F extends 'messages'
        ? readonly Message[]
        : F extends readonly (infer Word)[]
          ? Word
          : never;

export type AlertDetail<K extends AlertKind = AlertKind> = {
  readonly [N in keyof (typeof alertFields)[K]]: ValueOf<(typeof alertFields)[K][N]>;
};

export const alertSeverities = ['info', 'warning', 'critical'] as const;
export type AlertSeverity = (typeof alertSeverities)[number];

/** How an administrator gets a kind of alert by mail. */
export const alertMailings = ['at-once', 'daily', 'never'] as const;
export type AlertMailing = (typeof alertMailings)[number];

/** Told to everybody at once, whoever would rather not hear of it: destruction without a second person (ADM-07). */
export const alwaysMailed: readonly AlertKind[] = ['destruction-overridden'];
