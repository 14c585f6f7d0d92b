// Every format that `gatehouse decode` knows. A new codec is one row.
import { certificateFormats } from './certificate-formats.ts';
import { cmsFormats } from './cms-formats.ts';
import type { DecodedFormat } from './decoded-format.ts';
import { enrollmentFormat } from './enrollment-format.ts';
import { iseFormat } from './ise-format.ts';
import { plistFormat } from './plist-format.ts';
import { radiusFormat } from './radius-format.ts';
import { setFormat } from './set-format.ts';
import { wbxmlFormat } from './wbxml-format.ts';

export const formats: readonly DecodedFormat[] = [
  ...certificateFormats,
  ...cmsFormats,
  plistFormat,
  iseFormat,
  enrollmentFormat,
  radiusFormat,
  setFormat,
  wbxmlFormat,
];
