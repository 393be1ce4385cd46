/** What the page says in English. `{name}` stands for a value. */
export const en = {
  title: 'motes',
  'nav.home': 'Fleet',
  'nav.tasks': 'Tasks',
  'nav.submit': 'Submit',
  'nav.label': 'Views',
  'nav.skip': 'Skip to the content',

  'status.queued': 'queued',
  'status.running': 'running',
  'status.succeeded': 'succeeded',
  'status.failed': 'failed',
  'status.cancelled': 'cancelled',
  'status.active': 'active',
  'status.receiving': 'receiving',
  'status.online': 'online',
  'status.offline': 'offline',
  'status.timed_out': 'timed out',
  'status.lost': 'lost',
  'status.released': 'handed back',
  'status.superseded': 'superseded',
  'condition.ready': 'ready',
  'condition.draining': 'draining',
  'condition.quarantined': 'quarantined',
  'condition.faulty': 'faulty',

  'connection.connecting': 'connecting …',
  'connection.live': 'live',
  'connection.lost': 'disconnected: what you see is {age} old',

  'health.label': 'State of the system',
  'health.bar': 'Tasks by state',
  'health.rate': '{rate} tasks/s',
  'health.eta': 'done in {least} to {most}',
  'health.idle': 'nothing to do',
  'health.unknownEta': 'no estimate yet',
  'alarm.offline': '{count} worker offline: {names}',
  'alarm.offlines': '{count} workers offline: {names}',
  'alarm.quarantined': 'quarantined: {names}',
  'alarm.faulty': 'faulty: {names}',
  'alarm.divergences': '{count} results differ from what was recorded: some machine does not compute what it should',
  'alarm.suspects': '{count} suspect results: a check failed',
  'alarm.none': 'no alarms',

  'workers.title': 'Workers',
  'workers.id': 'Worker',
  'workers.state': 'State',
  'workers.load': 'Load',
  'workers.speed': 'Speed',
  'workers.seen': 'Last seen',
  'workers.never': 'never',
  'workers.none': 'No worker yet. Start one on this machine, or on another:',
  'workers.actions': 'Actions',
  'workers.drain': 'Drain {id}: it takes no more tasks',

  'runs.title': 'Runs',
  'runs.id': 'Run',
  'runs.state': 'State',
  'runs.tasks': 'Tasks',
  'runs.begun': 'Begun',
  'runs.none': 'No run yet. Submit tasks with the form, or:',
  'runs.counts': '{done} of {total} done',

  'action.cancel': 'Cancel',
  'action.retry': 'Retry',
  'action.retryFailed': 'Retry all failed ({count})',
  'action.cancelRun': 'Cancel the run',
  'action.drain': 'Drain',
  'action.copy': 'Copy',
  'action.copied': 'Copied',
  'action.confirm': 'Yes, {what}',
  'action.dismiss': 'No',
  'action.offline': 'not while disconnected',
  'action.close': 'Close',

  // timeline

  // tasks

  // task

  // live

  // run

  // submit

  // docs

  'signIn.title': 'Sign in',
  'signIn.token': 'Token',
  'signIn.hint': 'The value of MOTES_TOKEN on the orchestrator.',
  'signIn.submit': 'Sign in',
  'signIn.wrong': 'This is not the token.',

  'ago.now': 'now',
  'ago.seconds': '{n} s ago',
  'ago.minutes': '{n} min ago',
  'ago.hours': '{n} h ago',
  'ago.days': '{n} d ago',

  'error.title': 'This did not work: {detail}',
  loading: 'Loading …',
} as const;
