import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changesRows } from './migrate.ts';

test('a migration that changes rows is known by its statements, wherever on a line they stand', () => {
  for (const text of [
    'update things set name = 1;',
    'create table a (b int); -- update\n  insert into a values (1);',
    'with old as (select 1) update a set b = 1;',
    'do $$ begin update a set b = 1; end $$;',
    'DELETE FROM a',
  ])
    assert.equal(changesRows(text), true, text);
  for (const text of [
    '-- update things set name = 1;\ncreate table a (b int);',
    'create function f() returns int language sql as $$\nupdate a set b = 1;\n$$;',
    'create function f() returns int language sql as $body$ delete from a; $body$;',
    'create policy p on a for update using (true);',
    'create trigger t before update on a for each row execute function f();',
  ])
    assert.equal(changesRows(text), false, text);
});
