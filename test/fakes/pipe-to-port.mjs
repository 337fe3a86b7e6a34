#!/usr/bin/env node
// A program whose standard input and output are a TCP connection to 127.0.0.1: `node pipe-to-port.mjs PORT`. What a test
// says on the other end is what the "server" says, byte for byte.
import { connect } from 'node:net';

const socket = connect(Number(process.argv[2]), '127.0.0.1');
process.stdin.pipe(socket);
socket.pipe(process.stdout);
socket.on('close', () => process.exit(0));
socket.on('error', () => process.exit(1));
