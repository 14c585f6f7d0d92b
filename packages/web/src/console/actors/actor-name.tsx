// Who did something, as the record names accounts: by name where one may see names.
import { useMemo } from 'react';
import { useRead } from '../../api/hooks.ts';
import { listAdministratorNames } from '../../api/operations/device.ts';
import { Plain } from '../../design/plain.tsx';
import { useMay, useMe } from '../../session/session.ts';
import { actorTexts } from './texts.ts';

/** @returns the name of whoever a reference such as `administrator:0193…` means, where it is known. */
export function useActorName(): (reference: string) => string {
  const t = actorTexts.use();
  const may = useMay();
  const { me } = useMe();
  const { data } = useRead(
    listAdministratorNames,
    { query: { limit: 200 } },
    { enabled: may('administrators.read') },
  );
  const names = useMemo(
    () => new Map((data?.items ?? []).map((each) => [each.id, each.displayName || each.email])),
    [data],
  );
  return (reference) => {
    const colon = reference.indexOf(':');
    const [kind, id] =
      colon === -1 ? ['', reference] : [reference.slice(0, colon), reference.slice(colon + 1)];
    if (id === me.id) return t('you');
    switch (kind) {
      case 'administrator':
        return names.get(id) ?? t('administrator');
      case 'token':
        return t('token');
      case 'user':
        return t('theUser');
      case 'local':
        return t('operator');
      case 'device':
        return t('theDevice');
      case 'system':
        return t('theSystem');
      default:
        return reference;
    }
  };
}

export function ActorName({ reference }: { reference: string }) {
  return <Plain text={useActorName()(reference)} limit={80} />;
}
