import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../engine/ports.ts';

const linkLifetimeMs = 2 * 60_000;
const idleLifetimeMs = 12 * 60 * 60_000;
const maxLinks = 16;
const maxSessions = 32;

interface Session {
  readonly secretDigest: Buffer;
  lastUsedAt: number;
  /** Open sockets; a page that is open keeps its session alive. */
  holders: number;
}

/** The two halves of a session. Neither opens anything without the other; neither is kept here in plain. */
export interface SessionKeys {
  cookie: string;
  secret: string;
}

/**
 * Who may use the management listener. In memory only: a restart ends every session. Tokens are 32 random bytes; only
 * their SHA-256 is held and compared in constant time.
 */
export class LoginSessions {
  readonly #clock: Clock;
  /** Token digest (hex) → expiry. */
  readonly #links = new Map<string, number>();
  /** Cookie digest (hex) → session. */
  readonly #sessions = new Map<string, Session>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A token for one login within two minutes. The oldest unused ones give way when there are too many. */
  createLink(): { token: string; expiresAt: number } {
    this.#dropExpired();
    for (const key of this.#links.keys()) {
      if (this.#links.size < maxLinks) break;
      this.#links.delete(key);
    }
    const token = newToken();
    const expiresAt = this.#clock.now() + linkLifetimeMs;
    this.#links.set(digestHex(token), expiresAt);
    return { token, expiresAt };
  }

  /** Spends the token. Null: unknown, spent, expired, or as many pages open as there may be. */
  redeem(token: string): SessionKeys | null {
    this.#dropExpired();
    if (!this.#links.delete(digestHex(token)) || !this.#makeRoom()) return null;
    const keys = { cookie: newToken(), secret: newToken() };
    this.#sessions.set(digestHex(keys.cookie), {
      secretDigest: digest(keys.secret),
      lastUsedAt: this.#clock.now(),
      holders: 0,
    });
    return keys;
  }

  /** True while the cookie belongs to a live session. Proves nothing yet: other servers on this host see the cookie too. */
  knowsCookie(cookie: string): boolean {
    this.#dropExpired();
    return this.#sessions.has(digestHex(cookie));
  }

  /** True when both halves belong to one live session; counts as use. */
  verify(keys: SessionKeys): boolean {
    this.#dropExpired();
    const session = this.#sessions.get(digestHex(keys.cookie));
    if (!session || !timingSafeEqual(session.secretDigest, digest(keys.secret))) return false;
    session.lastUsedAt = this.#clock.now();
    return true;
  }

  /** Keeps a verified session alive while a socket is open; returns the release. */
  hold(cookie: string): () => void {
    const session = this.#sessions.get(digestHex(cookie));
    if (!session) return () => {};
    session.holders += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      session.holders -= 1;
      session.lastUsedAt = this.#clock.now();
    };
  }

  #makeRoom(): boolean {
    if (this.#sessions.size < maxSessions) return true;
    const idle = [...this.#sessions].filter(([, session]) => session.holders === 0);
    const oldest = idle.sort(([, a], [, b]) => a.lastUsedAt - b.lastUsedAt)[0];
    return oldest !== undefined && this.#sessions.delete(oldest[0]);
  }

  #dropExpired(): void {
    const now = this.#clock.now();
    for (const [key, expiresAt] of this.#links) {
      if (expiresAt <= now) this.#links.delete(key);
    }
    for (const [key, session] of this.#sessions) {
      if (session.holders === 0 && session.lastUsedAt + idleLifetimeMs <= now) this.#sessions.delete(key);
    }
  }
}

function newToken(): string {
  return randomBytes(32).toString('base64url');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function digestHex(text: string): string {
  return digest(text).toString('hex');
}
