import './styles/index.css';
import { ApprovalWindow } from './features/approvals/approval-window.tsx';
import { startWindow } from './frame/start-window.tsx';

void startWindow(<ApprovalWindow />);
