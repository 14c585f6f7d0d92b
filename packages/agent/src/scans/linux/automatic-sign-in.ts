/** Display managers and consoles that sign somebody in without asking: no lock helps where the door opens by itself. */
import { type System, valueOf } from '../../system/system.ts';

/** Which file says so; undefined when everybody is asked. */
export async function automaticSignIn(system: System): Promise<string | undefined> {
  for (const path of ['/etc/gdm3/custom.conf', '/etc/gdm3/daemon.conf', '/etc/gdm/custom.conf']) {
    const text = valueOf(await system.readText(path)) ?? '';
    if (/^\s*(Automatic|Timed)LoginEnable\s*=\s*(true|1)\s*$/im.test(text))
      return `${path} signs somebody in by itself`;
  }
  for (const folder of ['/etc/lightdm/lightdm.conf.d', '/etc/sddm.conf.d', '/etc/lightdm', '/etc']) {
    for (const name of (valueOf(await system.list(folder)) ?? []).slice(0, 2_000)) {
      if (folder === '/etc' && name !== 'sddm.conf') continue;
      if (!name.endsWith('.conf')) continue;
      const text = valueOf(await system.readText(`${folder}/${name}`)) ?? '';
      const lightdm = /^\s*autologin-user\s*=\s*\S/m.test(text);
      const sddm = /^\s*\[Autologin\][^[]*^\s*User\s*=\s*\S/m.test(text);
      if (lightdm || sddm) return `${folder}/${name} signs somebody in by itself`;
    }
  }
  const units = '/etc/systemd/system';
  for (const unit of (valueOf(await system.list(units)) ?? []).slice(0, 5_000)) {
    if (!/^(serial-|console-)?getty@.*\.service\.d$/.test(unit)) continue;
    for (const name of (valueOf(await system.list(`${units}/${unit}`)) ?? []).slice(0, 100)) {
      const text = valueOf(await system.readText(`${units}/${unit}/${name}`)) ?? '';
      if (/^ExecStart=.*agetty.*\s(-a|--autologin)[\s=]/m.test(text))
        return `${units}/${unit}/${name} signs somebody in by itself`;
    }
  }
  return undefined;
}
