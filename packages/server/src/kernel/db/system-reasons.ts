// Every reason for which code may look across tenants. Each is reviewed: keep the list short.

export const systemReasons = {
  'find-organization': 'a slug or an issuing authority names the tenant before a tenant is known',
  'list-organizations': 'the operator lists, creates and migrates organizations; schedules walk over them',
  'find-credential':
    'a token, session or set-up link is found by its random id, a network controller’s account by its e-mail address, before the tenant is known',
  'find-enrollment': 'an enrolment is found by its random locator before its tenant is known',
  'claim-jobs': 'the worker takes due jobs of all tenants, then enters each tenant by the job row',
  'find-due-work': 'schedules look for tenants with due deadlines, then enter each tenant',
  'rotate-keys': 'data keys are wrapped again under a new master key',
  'purge-expired': 'retention drops finished rows of all tenants',
  doctor: 'the operator asks for the health of the whole instance',
} as const;

export type SystemReason = keyof typeof systemReasons;
