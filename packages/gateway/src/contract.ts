// The shapes the console and other programs share with the gateway. Types only.
export type { Verification } from '@truefrom/core';
