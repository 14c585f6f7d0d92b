// A phone that puts things off, loses answers, repeats itself and mixes the order up has, in the end, what it should have, once.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Misbehaviour } from '@gatehouse/simulators/apple/index.ts';
import { type AppleJourney, type Comer, openAppleJourney } from './apple-journey-world.ts';

interface Item {
  readonly source: { readonly name: string };
  readonly state: string;
}

describe('an unruly phone', () => {
  let journey: AppleJourney;
  let phone: Comer;
  before(async () => {
    journey = await openAppleJourney();
    phone = await journey.enrol({ supervised: true });
    await journey.registered(phone);
  });
  after(() => journey[Symbol.asyncDispose]());

  const stateOf = async (name: string) => {
    const path = `/devices/${journey.idOf(phone)}/desired-state`;
    const { items } = await journey.api<{ items: readonly Item[] }>('GET', path);
    return items.find(({ source }) => source.name === name)?.state;
  };
  const give = async (name: string) => {
    const fields = { ssid: name, security: 'open' };
    const { id } = await journey.api<{ id: string }>('POST', '/resources', { kind: 'wifi', name, fields });
    const target = { kind: 'device', id: journey.idOf(phone) };
    const assignment = { item: { kind: 'resource', id }, target };
    await journey.api('POST', '/assignments', assignment);
    return { id, identifier: `gatehouse.resource.${id}` };
  };
  const installs = () =>
    phone.events.filter((event) => event.kind === 'carried-out' && event.requestType === 'InstallProfile')
      .length;

  const moods: Readonly<Record<string, Misbehaviour>> = {
    'loses answers': { lostAnswers: 3 },
    'says everything three times': { duplicates: 2 },
    'answers out of order': { reorder: true },
    'does all of it': { lostAnswers: 2, duplicates: 1, reorder: true },
  };
  for (const [mood, misbehaviour] of Object.entries(moods)) {
    test(`a phone that ${mood} gets three networks, each of them once, and loses one of them again`, async () => {
      phone.simulated.misbehave(misbehaviour);
      const before = installs();
      const given = [await give(`A ${mood}`), await give(`B ${mood}`), await give(`C ${mood}`)] as const;
      for (const letter of ['A', 'B', 'C'])
        await journey.until('it is there', async () => (await stateOf(`${letter} ${mood}`)) === 'installed');
      for (const { identifier } of given) assert.ok(phone.device.profiles.has(identifier));
      assert.ok(installs() - before <= 6, `${installs() - before} installations`);
      await journey.api('DELETE', `/resources/${given[1].id}`);
      await journey.until('it is gone', async () => (await stateOf(`B ${mood}`)) === undefined);
      assert.ok(!phone.device.profiles.has(given[1].identifier));
      assert.ok(phone.device.profiles.has(given[0].identifier));
      assert.deepEqual(phone.troubles, []);
    });
  }

  test('what a locked phone puts off is there when it is opened; what was taken back meanwhile never comes', async () => {
    phone.simulated.misbehave({});
    phone.device.locked = true;
    const [kept, dropped] = [await give('Kept'), await give('Dropped')];
    await journey.until('it was put off', () =>
      phone.events.some((event) => event.kind === 'carried-out' && event.status === 'NotNow'),
    );
    await journey.api('DELETE', `/resources/${dropped.id}`);
    phone.device.locked = false;
    await phone.simulated.poll();
    await journey.until('it is there', async () => (await stateOf('Kept')) === 'installed');
    assert.ok(phone.device.profiles.has(kept.identifier));
    await journey.until('it is forgotten', async () => (await stateOf('Dropped')) === undefined);
    assert.ok(!phone.device.profiles.has(dropped.identifier));
    assert.deepEqual(phone.troubles, []);
  });
});
