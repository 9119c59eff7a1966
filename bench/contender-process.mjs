import { fork } from 'node:child_process';

const WORKER = new URL('worker.mjs', import.meta.url);

/** A contender in its own process, run by `node`; `send` answers once the work is done. */
export async function startContender({ node, module, options }) {
  const args = [new URL(`contenders/${module}.mjs`, import.meta.url).href, JSON.stringify(options ?? {})];
  const child = fork(WORKER, args, {
    execPath: node,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const answer = () =>
    new Promise((resolve, reject) => {
      const gone = (code) => reject(new Error(`${module} ended (${code})`));
      child.once('exit', gone);
      child.once('message', (message) => {
        child.off('exit', gone);
        if (message.error === undefined) resolve(message);
        else reject(new Error(`${module}: ${message.error}`));
      });
    });
  await answer();
  return {
    send(message) {
      const reply = answer();
      child.send(message);
      return reply;
    },
    stop: () => child.disconnect(),
  };
}
