/** Where a node finds and keeps what it needs; absolute paths. */
export interface NodePaths {
  /** Local MSP: `localMspFiles`. */
  readonly msp: string;
  /** `tls.crt`, `tls.key` and `ca.crt`, the names of a Kubernetes TLS secret. */
  readonly tls: string;
  /** Ledger and everything else that must survive a restart. */
  readonly data: string;
}
