/** Version of these rules; part of every record, of the genesis payload and of each block header. */
export const CONTRACTS_VERSION = '1.1.0';
