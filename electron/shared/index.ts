export * from './agent.ts';
export * from './approval.ts';
export * from './bridge.ts';
export * from './call.ts';
export * from './effects.ts';
export * from './engine-status.ts';
export * from './server.ts';
