-- What lists and the overview filter and count by, apart from the rows that it belongs to: those are twenty times as wide, for the sake
-- of their evaluations. Nothing without a small bound may stand here, or a device that reports something long could not be written.
create index device_posture_listed on device_posture (organization_id, device_id)
  include (standing, compliant, access_network, access_mail, access_vpn, access_changed_at, os_version, os_key, model);
