#!/usr/bin/env node
process.stderr.write("colony-sqlite3: not built yet\n");
process.exit(1);
