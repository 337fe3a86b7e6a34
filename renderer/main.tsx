import './styles/index.css';
import { App } from './frame/app.tsx';
import { startWindow } from './frame/start-window.tsx';
import { followTheme } from './lib/theme.ts';

followTheme();
void startWindow(<App />);
