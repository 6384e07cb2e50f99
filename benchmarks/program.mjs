// SPDX-License-Identifier: MIT
// Runs of the program that end with a record.
import { execFileSync } from 'node:child_process';

/// What `program` says of itself with --json.
export function runJson(program, ...args) {
  return JSON.parse(execFileSync(program, [...args, '--json', '--quiet'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  }));
}
