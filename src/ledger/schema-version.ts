/** The schema's version, kept in `user_version` and in `colony_meta.schema_version`. */
export const SCHEMA_VERSION = 1;
