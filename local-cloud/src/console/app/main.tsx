import './data/no-programs.ts';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';
import './styles/pipelines.css';
import './styles/alarms.css';

const place = document.getElementById('app');
if (place === null) throw new Error('the page has no place for the console');
createRoot(place).render(<App />);
