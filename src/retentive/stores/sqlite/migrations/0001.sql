-- One row per name of a session, speaker, role or embedder: rows refer to it.
CREATE TABLE names (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE namespaces (
    id INTEGER PRIMARY KEY,
    labels TEXT NOT NULL UNIQUE, -- a JSON array
    sequence INTEGER NOT NULL DEFAULT 0,
    embedder TEXT
);

-- Times are microseconds since 1970, UTC.
CREATE TABLE records (
    pk INTEGER PRIMARY KEY,
    namespace INTEGER NOT NULL,
    version INTEGER NOT NULL,
    id TEXT NOT NULL,
    kind INTEGER NOT NULL, -- places in the lists of stores/codec.py
    status INTEGER NOT NULL,
    origin INTEGER NOT NULL,
    content TEXT NOT NULL,
    content_key BLOB,
    caller_key TEXT,
    role INTEGER,
    speaker INTEGER,
    session INTEGER,
    message_id TEXT,
    occurred_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    valid_until INTEGER,
    superseded_by TEXT,
    importance REAL NOT NULL,
    pinned INTEGER NOT NULL,
    support_count INTEGER NOT NULL,
    access_count INTEGER NOT NULL,
    last_accessed_at INTEGER,
    expires_at INTEGER,
    parts TEXT,
    derived_from TEXT,
    metadata TEXT
);

CREATE UNIQUE INDEX records_by_id ON records (namespace, id);
CREATE INDEX records_by_version ON records (namespace, version);
CREATE UNIQUE INDEX records_by_key ON records (namespace, caller_key)
    WHERE caller_key IS NOT NULL;
-- A superseded record (status 2) leaves its place to what is told anew.
CREATE UNIQUE INDEX records_by_content ON records (namespace, content_key, kind)
    WHERE content_key IS NOT NULL AND status <> 2;

-- The further times that a record was said; the first is in the record.
CREATE TABLE occurrences (
    record INTEGER NOT NULL,
    at INTEGER NOT NULL,
    session INTEGER,
    message_id TEXT
);
CREATE INDEX occurrences_by_record ON occurrences (record);

CREATE TABLE vectors (
    record INTEGER PRIMARY KEY,
    vector BLOB NOT NULL -- float16, little-endian
);
CREATE TABLE staged_vectors (
    record INTEGER NOT NULL,
    embedder TEXT NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (record, embedder)
);

CREATE TABLE tombstones (
    namespace INTEGER NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (namespace, id)
) WITHOUT ROWID;
CREATE INDEX tombstones_by_version ON tombstones (namespace, version);

CREATE TABLE barred (
    namespace INTEGER NOT NULL,
    content_key BLOB NOT NULL,
    kind INTEGER NOT NULL,
    PRIMARY KEY (namespace, content_key, kind)
) WITHOUT ROWID;

CREATE TABLE messages (
    pk INTEGER PRIMARY KEY,
    namespace INTEGER NOT NULL,
    session INTEGER NOT NULL,
    id TEXT NOT NULL,
    role TEXT NOT NULL,
    content TEXT NOT NULL,
    at INTEGER NOT NULL,
    name TEXT,
    tool_call_id TEXT,
    parts TEXT,
    tool_calls TEXT,
    raw TEXT
);
CREATE UNIQUE INDEX messages_by_id ON messages (namespace, session, id);
CREATE INDEX messages_in_order ON messages (namespace, session, pk);

CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    fence INTEGER NOT NULL,
    ends INTEGER -- NULL: free
) WITHOUT ROWID;

CREATE TABLE secrets (
    name TEXT PRIMARY KEY, -- salt, epoch
    value BLOB NOT NULL
) WITHOUT ROWID;
