// Theme and language, for this browser.
import { Menu, useMantineColorScheme } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { currentLanguage, languageNames, languages } from '../../language/texts.ts';
import { chooseOwnLanguage } from '../../session/own-language.ts';
import { shellTexts } from './texts.ts';

export function AppearanceMenu() {
  const t = shellTexts.use();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const tick = <IconCheck size={14} aria-hidden />;
  return (
    <>
      <Menu.Divider />
      <Menu.Label>{t('theme')}</Menu.Label>
      {(['auto', 'light', 'dark'] as const).map((scheme) => (
        <Menu.Item
          key={scheme}
          role="menuitemradio"
          aria-checked={colorScheme === scheme}
          rightSection={colorScheme === scheme ? tick : undefined}
          onClick={() => setColorScheme(scheme)}
        >
          {t(scheme)}
        </Menu.Item>
      ))}
      <Menu.Label>{t('language')}</Menu.Label>
      {languages.map((language) => (
        <Menu.Item
          key={language}
          role="menuitemradio"
          aria-checked={currentLanguage() === language}
          lang={language}
          rightSection={currentLanguage() === language ? tick : undefined}
          onClick={() => void chooseOwnLanguage(language)}
        >
          {languageNames[language]}
        </Menu.Item>
      ))}
    </>
  );
}
