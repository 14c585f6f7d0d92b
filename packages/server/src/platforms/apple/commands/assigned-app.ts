// An app that a resource assigns, in Apple's words: installed, or, when only its configuration is another, that alone. What is in it
// is looked up when it is handed over, so that an order that something newer has overtaken sends nothing.
import { DomainError } from '@gatehouse/core/errors.ts';
import { isDictionary, type PlistDictionary, readPlist } from '@gatehouse/protocols/plist/index.ts';
import { openContent } from '../desired-state/contents.ts';
import { sameInstallation } from '../desired-state/identifiers.ts';
import { findAppItem } from '../desired-state/item-queries.ts';
import { noteAppInstalled } from '../desired-state/settle.ts';
import { refusedSetting } from './response.ts';
import type { AnswerContext, AppleOutcome, AppleRequest, Preparation } from './translator.ts';

interface AssignedApp {
  readonly bundleId: string;
  readonly content: string | undefined;
}

export function assignedAppRequest(
  { deps, inside }: Preparation,
  deviceId: string,
  { bundleId, content }: AssignedApp,
): Promise<AppleRequest> {
  return inside(async (tx) => {
    const item = await findAppItem(tx, deviceId, bundleId);
    const wanted = item?.wanted;
    if (!item || typeof wanted !== 'string') {
      throw new DomainError('not-found', 'The device is not to have this app.');
    }
    const token = content ?? wanted;
    const found = await openContent(deps, tx, token);
    if (found === undefined) {
      throw new DomainError('gone', 'The app has been changed since; the newer order follows.');
    }
    const { Command, Configuration } = parts(found.bytes);
    // Sent again by somebody, with nothing that differs, the app is installed again: that is what was asked for.
    if (item.installed !== null && item.installed !== token && sameInstallation(item.installed, token)) {
      const empty = Object.keys(Configuration).length === 0;
      const setting: PlistDictionary = {
        Item: 'ApplicationConfiguration',
        Identifier: bundleId,
        ...(empty ? {} : { Configuration }),
      };
      return { requestType: 'Settings', payload: { Settings: [setting] } };
    }
    const { RequestType, ...payload } = Command;
    const configured = Object.keys(Configuration).length === 0 ? {} : { Configuration };
    return { requestType: String(RequestType), payload: { ...payload, ...configured } };
  });
}

/** @param failed what the device says of the installation, when it does not take it. */
export async function assignedAppAnswered(
  { tx, target: { deviceId }, request, now }: AnswerContext<'install-app'>,
  { bundleId, content }: AssignedApp,
  response: PlistDictionary,
  outcome: AppleOutcome,
): Promise<AppleOutcome> {
  const refused = request.requestType === 'Settings' ? refusedSetting(response, 0) : outcome.failed;
  if (refused !== undefined) return { failed: refused };
  const itself = outcome.result?.['bundleId'];
  if (itself !== undefined && itself !== bundleId) {
    return { failed: `The app calls itself ${String(itself)}: that is its bundleId, not ${bundleId}.` };
  }
  const token = content ?? (await findAppItem(tx, deviceId, bundleId))?.wanted;
  if (typeof token === 'string') await noteAppInstalled(tx, deviceId, { bundleId, content: token }, now);
  return request.requestType === 'Settings' ? { result: { bundleId, configured: true } } : outcome;
}

function parts(bytes: Uint8Array): {
  readonly Command: PlistDictionary;
  readonly Configuration: PlistDictionary;
} {
  const value = readPlist(bytes);
  if (isDictionary(value) && isDictionary(value.Command) && isDictionary(value.Configuration)) {
    return { Command: value.Command, Configuration: value.Configuration };
  }
  throw new TypeError('the content of an app is none');
}
