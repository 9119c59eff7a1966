// @truefrom/core/node: the ports over Node.
export { nodeCrypto, type NodeSigningKey } from './crypto.js';
export { importSigningKey, type NodeDkimSigner } from './signing-key.js';
