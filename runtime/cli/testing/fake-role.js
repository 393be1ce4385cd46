// A role that does nothing but what tests of the local cluster tell it to, through its environment.
const { FAKE_MODE = 'well', FAKE_NAME } = process.env;
const option = (name) => process.argv[process.argv.indexOf(name) + 1];
const name = process.argv.includes('--id') ? option('--id') : 'orchestrator';
const mode = FAKE_NAME === undefined || FAKE_NAME === name ? FAKE_MODE : 'well';

// stdout is read line by line, so that a test sees in which order things happen.
console.log(`${name} got ${process.argv.slice(2).join(' ')}`);
const port = Number(option('--port')) || 40_000 + (process.pid % 10_000);

const behaviours = {
  well() {
    process.on('SIGTERM', () => {
      console.log(`${name} stops`);
      process.exit(0);
    });
    becomeReady();
  },
  deaf() {
    process.on('SIGTERM', () => console.log(`${name} does not listen`));
    becomeReady();
  },
  failing() {
    console.error(JSON.stringify({ level: 60, msg: 'the port is in use' }));
    process.exitCode = 3;
    process.disconnect();
  },
  silent() {},
  dying() {
    becomeReady();
    process.send('bye', () => process.exit(7));
  },
};

function becomeReady() {
  process.send({ event: 'ready', url: `http://127.0.0.1:${port}`, port });
}

// As the real roles do: no parent, no child.
process.on('disconnect', () => mode !== 'failing' && process.exit(0));
behaviours[mode]();
