/** The one institution of a bench, and its name for the network. */
export const NAMESPACE = 'bank-a';
export const NETWORK = 'scale';
