/** The query of everything that is answered in words: they are drawn anew when the reader chooses another language. */
import { currentLanguage } from '../language/texts.ts';
import { shellTexts } from './shell/texts.ts';

export function useSpoken(): { readonly language: string } {
  // Draws the component anew with the language.
  shellTexts.use();
  return { language: currentLanguage() };
}
