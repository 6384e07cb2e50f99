// A search_worker process that is asked for one run at a time.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export const median = (values) =>
  [...values].sort((a, b) => a - b)[values.length >> 1];

export class Worker {
  constructor(program, args) {
    this.child = spawn(program, args.map(String), {
      stdio: ['pipe', 'pipe', 'inherit'] });
    this.lines = createInterface({
      input: this.child.stdout })[Symbol.asyncIterator]();
  }

  /** One run: {seconds, peak_bytes}. */
  async run() {
    this.child.stdin.write('\n');
    const { value, done } = await this.lines.next();
    if (done) throw new Error('the worker stopped');
    return JSON.parse(value);
  }

  close() { this.child.stdin.end(); }
}
