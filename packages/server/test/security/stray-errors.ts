// Loaded into a real server process before everything else: on a signal, something throws where nobody listens.
process.on('SIGUSR2', () => {
  setImmediate(() => {
    throw new Error('thrown in a callback');
  });
});
process.on('SIGHUP', () => {
  void Promise.reject(new Error('rejected and forgotten'));
});
