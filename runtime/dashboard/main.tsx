/** The page: finds its place in the document and begins to listen. */
import { render } from 'preact';
import { App } from './app.tsx';
import { connect } from './state/connection.ts';
import { language } from './text/text.ts';

document.documentElement.lang = language;
render(<App />, document.getElementById('page')!);
connect();
