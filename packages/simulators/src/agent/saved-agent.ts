/** A simulated agent on disk: one file, replaced as a whole, readable by its owner only because a private key is in it. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Computer } from './computer.ts';
import type { AgentMemory, SimulatedAgent } from './simulated-agent.ts';

export interface SavedAgent {
  readonly computer: Computer;
  readonly memory: AgentMemory;
}

const format = 1;

export function saveAgent(file: string, { computer, memory }: SimulatedAgent): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.new`;
  writeFileSync(temporary, JSON.stringify({ format, computer, memory }), { mode: 0o600 });
  renameSync(temporary, file);
}

/** Undefined when there is none, or none that this version can read: the device then begins anew. */
export function loadAgent(file: string): SavedAgent | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const saved = JSON.parse(text) as SavedAgent & { format?: number };
    if (saved.format === format) return { computer: saved.computer, memory: saved.memory };
  } catch {
    // Half a file cannot arise from renaming; whoever edited it begins anew.
  }
  rmSync(file, { force: true });
  return undefined;
}
