import './styles/index.css';
import { App } from './frame/app.tsx';
import { startWindow } from './frame/start-window.tsx';

void startWindow(<App />);
