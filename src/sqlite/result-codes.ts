/** SQLite's result codes and flags, as far as we meet them (sqlite.org/rescode.html, c3ref/c_*.html). */

export const OK = 0;
export const ERROR = 1;
export const BUSY = 5;
export const LOCKED = 6;
export const NOMEM = 7;
export const READONLY = 8;
export const IOERR = 10;
export const CORRUPT = 11;
export const NOTFOUND = 12;
export const FULL = 13;
export const CANTOPEN = 14;
export const TOOBIG = 18;
export const CONSTRAINT = 19;
export const RANGE = 25;
export const NOTADB = 26;
export const ROW = 100;
export const DONE = 101;

export const IOERR_READ: number = IOERR | (1 << 8);
export const IOERR_SHORT_READ: number = IOERR | (2 << 8);
export const IOERR_WRITE: number = IOERR | (3 << 8);
export const IOERR_FSYNC: number = IOERR | (4 << 8);
export const IOERR_TRUNCATE: number = IOERR | (6 << 8);
export const IOERR_FSTAT: number = IOERR | (7 << 8);
export const IOERR_UNLOCK: number = IOERR | (8 << 8);
export const IOERR_DELETE: number = IOERR | (10 << 8);
export const IOERR_ACCESS: number = IOERR | (13 << 8);
export const IOERR_CHECKRESERVEDLOCK: number = IOERR | (14 << 8);
export const IOERR_LOCK: number = IOERR | (15 << 8);
export const IOERR_CLOSE: number = IOERR | (16 << 8);
export const IOERR_DELETE_NOENT: number = IOERR | (23 << 8);

export const OPEN_READONLY = 0x01;
export const OPEN_READWRITE = 0x02;
export const OPEN_CREATE = 0x04;
export const OPEN_DELETEONCLOSE = 0x08;
export const OPEN_MAIN_DB = 0x0100;
export const OPEN_MAIN_JOURNAL = 0x0800;
export const OPEN_WAL = 0x080000;

export const ACCESS_EXISTS = 0;

export const FCNTL_HAS_MOVED = 20;

/** "A crash does not change bytes outside the range written": what SQLite's own unix VFS promises too. */
export const IOCAP_POWERSAFE_OVERWRITE = 0x1000;

export const INTEGER = 1;
export const FLOAT = 2;
export const TEXT = 3;
export const BLOB = 4;
