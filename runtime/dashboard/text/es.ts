import type { TextName } from './text.ts';

/** Lo mismo en español. */
export const es: Readonly<Record<TextName, string>> = {
  title: 'motes',
  'nav.home': 'Flota',
  'nav.tasks': 'Tareas',
  'nav.submit': 'Enviar',
  'nav.label': 'Vistas',
  'nav.skip': 'Ir al contenido',

  'status.queued': 'en cola',
  'status.running': 'en curso',
  'status.succeeded': 'terminada',
  'status.failed': 'fallida',
  'status.cancelled': 'cancelada',
  'status.active': 'activa',
  'status.receiving': 'recibiéndose',
  'status.online': 'en línea',
  'status.offline': 'desconectado',
  'status.timed_out': 'fuera de plazo',
  'status.lost': 'perdido',
  'status.released': 'devuelta',
  'status.superseded': 'reemplazada',
  'condition.ready': 'listo',
  'condition.draining': 'vaciándose',
  'condition.quarantined': 'en cuarentena',
  'condition.faulty': 'defectuoso',

  'connection.connecting': 'conectando …',
  'connection.live': 'en directo',
  'connection.lost': 'sin conexión: lo que ves es de hace {age}',

  'health.label': 'Estado del sistema',
  'health.bar': 'Tareas por estado',
  'health.rate': '{rate} tareas/s',
  'health.eta': 'listo en {least} a {most}',
  'health.idle': 'nada que hacer',
  'health.unknownEta': 'aún sin estimación',
  'alarm.offline': '{count} worker desconectado: {names}',
  'alarm.offlines': '{count} workers desconectados: {names}',
  'alarm.quarantined': 'en cuarentena: {names}',
  'alarm.faulty': 'defectuosos: {names}',
  'alarm.divergences': '{count} resultados difieren de lo registrado: alguna máquina no calcula lo que debe',
  'alarm.suspects': '{count} resultados sospechosos: falló una comprobación',
  'alarm.none': 'sin alarmas',

  'workers.title': 'Workers',
  'workers.id': 'Worker',
  'workers.state': 'Estado',
  'workers.load': 'Carga',
  'workers.speed': 'Velocidad',
  'workers.seen': 'Visto',
  'workers.never': 'nunca',
  'workers.none': 'Aún no hay ningún worker. Arranca uno en esta máquina, o en otra:',
  'workers.actions': 'Acciones',
  'workers.drain': 'Vaciar {id}: no acepta más tareas',

  'runs.title': 'Ejecuciones',
  'runs.id': 'Ejecución',
  'runs.state': 'Estado',
  'runs.tasks': 'Tareas',
  'runs.begun': 'Comenzó',
  'runs.none': 'Aún no hay ejecuciones. Envía tareas con el formulario, o:',
  'runs.counts': '{done} de {total} listas',

  'action.cancel': 'Cancelar',
  'action.retry': 'Reintentar',
  'action.retryFailed': 'Reintentar las fallidas ({count})',
  'action.cancelRun': 'Cancelar la ejecución',
  'action.drain': 'Vaciar',
  'action.copy': 'Copiar',
  'action.copied': 'Copiado',
  'action.confirm': 'Sí, {what}',
  'action.dismiss': 'No',
  'action.offline': 'no sin conexión',
  'action.close': 'Cerrar',

  // timeline

  // tasks

  // task

  // live

  // run

  // submit

  // docs

  'signIn.title': 'Iniciar sesión',
  'signIn.token': 'Token',
  'signIn.hint': 'El valor de MOTES_TOKEN en el orquestador.',
  'signIn.submit': 'Iniciar sesión',
  'signIn.wrong': 'Ese no es el token.',

  'ago.now': 'ahora',
  'ago.seconds': 'hace {n} s',
  'ago.minutes': 'hace {n} min',
  'ago.hours': 'hace {n} h',
  'ago.days': 'hace {n} d',

  'error.title': 'No funcionó: {detail}',
  loading: 'Cargando …',
};
