-- Apps that an Apple device has by command stand beside profiles and declarations.
alter table apple_items drop constraint apple_items_form_check;
alter table apple_items add constraint apple_items_form_check
  check (form in ('profile', 'declaration', 'provisioning-profile', 'app', 'asset'));
