/** XML as bounded trees. */
export { readXml, type XmlLimits } from './read-xml.ts';
export {
  descendantsOf,
  element,
  elementsOf,
  findChild,
  textOf,
  withAttributes,
  type XmlElement,
  type XmlNode,
} from './tree.ts';
export { writeXml } from './write-xml.ts';
