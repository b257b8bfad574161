import { z } from 'zod';
import { reference } from './fields.ts';
import { withRules } from './rule.ts';

const absolutePath = (description: string): z.ZodString => z.string().max(256).regex(/^\/[A-Za-z0-9._/+-]+$/).describe(description);
const keyName = z.string().max(63).regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);

const keyFilesSchema = z
  .object({
    directory: absolutePath("Folder with the key files in the operator's pod, mounted with the chart value operator.volumes."),
    signKey: keyName.default('key-1').describe("Name of the signing key: the file <name>.json. After a rotation another name."),
    agreeKey: keyName.default('agree-1').describe('Name of the key that opens what was sealed for the institution, likewise.'),
    passphraseSecretRef: reference('Secret', 'Secret whose entry `passphrase` opens the files.'),
  })
  .describe("Encrypted key files as 'kubectl collabnet key create NAME --keys DIR' makes them.");

const pkcs11Schema = z
  .object({
    module: absolutePath("PKCS#11 library in the operator's pod, mounted with the chart value operator.volumes and listed in operator.pkcs11Modules."),
    token: z.string().min(1).max(32).describe('Label of the token.'),
    sealingKey: z.string().min(1).max(64).default('collabnet').describe('Label of the AES key in the token under which the SM2 keys are sealed. It must be sensitive and not extractable.'),
    pinSecretRef: reference('Secret', "Secret whose entry `pin` is the user's PIN of the token."),
  })
  .describe('Token (HSM) that seals the keys. The Secret of keySecretRef then holds sealed keys only, and its default name is <name>-sealed-keys.');

/** Where an institution's private keys are, if not in clear in a Secret. */
export const keyStoreSchema = withRules(
  z
    .object({ file: keyFilesSchema.optional(), pkcs11: pkcs11Schema.optional() })
    .describe("Where an institution's private keys are. Absent: in the Secret of keySecretRef."),
  [
    {
      rule: 'has(self.file) != has(self.pkcs11)',
      message: 'exactly one of file and pkcs11 must be set: keep one',
      holds: ({ file, pkcs11 }) => (file === undefined) !== (pkcs11 === undefined),
    },
  ],
);

export type KeyFiles = z.output<typeof keyFilesSchema>;
export type Pkcs11KeyStore = z.output<typeof pkcs11Schema>;
export type KeyStoreSpec = z.output<typeof keyStoreSchema>;
