-- Apps that an Apple device has by command stand beside profiles and declarations.
alter table apple_items drop constraint apple_items_form_check;
alter table apple_items add constraint apple_items_form_check
  check (form in ('profile', 'declaration', 'provisioning-profile', 'app', 'asset'));

-- What a channel was reached by before, as digests with the signing time of the message that took its place: a signed message that
-- somebody kept must not bring it back. Of channels whose messages come unsigned there is nothing.
alter table apple_channels add column former_tokens jsonb;
