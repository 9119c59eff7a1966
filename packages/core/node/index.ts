// @truefrom/core/node: the ports over Node.
export { nodeCrypto, type NodeSigningKey } from './crypto.js';
