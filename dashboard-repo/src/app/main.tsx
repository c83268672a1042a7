import './design/fonts.css';
import './design/tokens.css';
import './design/base.css';
import './design/controls.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { ConfigProblem } from './config/config-problem.tsx';
import { loadRuntimeConfig } from './config/runtime-config.ts';
import { createServices } from './services.ts';

const element = document.getElementById('app');
if (element === null) throw new Error('There is no #app to live in');
const root = createRoot(element);

async function start(): Promise<void> {
  try {
    const services = createServices(await loadRuntimeConfig());
    root.render(
      <StrictMode>
        <App services={services} />
      </StrictMode>,
    );
  } catch (error) {
    root.render(<ConfigProblem error={error} onRetry={() => void start()} />);
  }
}

void start();
