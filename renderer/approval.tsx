import './styles/index.css';
import { ApprovalWindow } from './features/approvals/approval-window.tsx';
import { startWindow } from './frame/start-window.tsx';
import { followTheme } from './lib/theme.ts';

followTheme();
void startWindow(<ApprovalWindow />);
