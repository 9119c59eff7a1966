#!/usr/bin/env node
import '../dist/src/bin/truefrom.js';
