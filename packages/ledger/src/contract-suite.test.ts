import { contractSuite } from '@collabnet/contracts/testing';
import { embeddedDriver } from './testing/chain.ts';

// The same behaviour as over plain memory: savepoints, SQLite order and blocks of several transactions change nothing.
contractSuite(embeddedDriver);
