#!/usr/bin/env node
import { keepCompiled } from "./compile-cache.ts";

keepCompiled();
void import("./sqlite3.ts");
