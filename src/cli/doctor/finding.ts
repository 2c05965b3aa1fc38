/** One thing the doctor has looked at. */
export interface Finding {
  /** `database` */
  readonly check: string;
  /** `warning`: it works now, and may not for long, or not as well as it could. */
  readonly state: 'ok' | 'warning' | 'fault';
  /** What was seen, where: a clause in lower case without a full stop. */
  readonly says: string;
  /** What to do about it. */
  readonly tip?: string;
}

export function fine(check: string, says: string): Finding {
  return { check, state: 'ok', says };
}

export function warning(check: string, says: string, tip: string): Finding {
  return { check, state: 'warning', says, tip };
}

export function fault(check: string, says: string, tip: string): Finding {
  return { check, state: 'fault', says, tip };
}

/** `12.4 MB` */
export function megabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
