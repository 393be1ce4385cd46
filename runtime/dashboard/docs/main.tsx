/** The page at `/docs`. */
import { render } from 'preact';
import { language } from '../text/text.ts';
import { Docs } from './docs.tsx';
import { say } from './text.ts';

document.documentElement.lang = language;
document.title = `motes: ${say('title')}`;
render(<Docs />, document.getElementById('page')!);
